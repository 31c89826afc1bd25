"""Plain data into frozen dataclasses, with the place of the first thing that does not fit.

The dataclass is the schema: field types, defaults and unknown keys are all checked. The JSON Schemas beside the
contract say the same for editors and are held against this decoder by the self-tests.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from packaging_readiness.contract.errors import InputRefused

T = TypeVar("T")
Path = tuple[str | int, ...]
Decoder = Callable[[object], object]


class DecodeError(ValueError):
    """`path` leads from the root of the data to the value that is wrong; the message says what is wrong with it."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def decode(cls: type[T], value: object, path: Path = ()) -> T:
    """Return `value` (mappings, lists and scalars) as an instance of the dataclass `cls`.

    Raises DecodeError for a missing or unknown key, a wrong type, or a value that `__post_init__` refuses (by a
    ValueError of the whole, or a DecodeError that leads on to the field).
    """
    try:
        return typing.cast(T, _decoder(typing.cast(Any, cls))(value))
    except DecodeError as error:
        raise DecodeError((*path, *error.path), error.message) from None


def decode_foreign(cls: type[T], value: object, shown: str, *, below: str = "", cure: str = "") -> T:
    """As `decode`, for the content of the foreign file `shown`, in which `value` stands below the key `below`.

    Raises InputRefused with the place of what does not fit.
    """
    try:
        return decode(cls, value)
    except DecodeError as error:
        place = ".".join(map(str, (*([below] if below and error.path else []), *error.path)))
        raise InputRefused(shown, f"{place}: {error.message}" if place else error.message, cure) from None


# A decoder is made once per type and raises DecodeError with the path below its own value: a report of a hundred
# results asks for thousands of them.
@functools.cache
def _decoder(hint: Any) -> Decoder:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        (part,) = (part for part in typing.get_args(hint) if part is not type(None))
        inner = _decoder(part)
        return lambda value: None if value is None else inner(value)
    if origin is typing.Literal:
        return _literal(typing.get_args(hint))
    if origin is tuple:
        return _tuple(_decoder(typing.get_args(hint)[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_decoder(typing.get_args(hint)[1]))
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint)
    return _anything if hint is Any else _scalar(hint)


def _anything(value: object) -> object:
    return value


def _scalar(hint: Any) -> Decoder:
    def decoded(value: object) -> object:
        if type(value) is hint:
            return value
        if hint is float and type(value) is int:
            try:
                return float(value)
            except OverflowError:
                raise DecodeError((), "a number is out of range") from None
        raise DecodeError((), f"{hint.__name__} is needed, found {_kind(value)}")

    return decoded


def _literal(allowed: tuple[object, ...]) -> Decoder:
    def decoded(value: object) -> object:
        if not any(type(value) is type(option) and value == option for option in allowed):
            raise DecodeError((), f"one of {', '.join(map(str, allowed))} is needed, found {value!r}")
        return value

    return decoded


def _tuple(item: Decoder) -> Decoder:
    def decoded(value: object) -> object:
        if not isinstance(value, list | tuple):
            raise DecodeError((), f"a list is needed, found {_kind(value)}")
        out = []
        try:
            for element in value:
                out.append(item(element))
        except DecodeError as error:
            raise DecodeError((len(out), *error.path), error.message) from None
        return tuple(out)

    return decoded


def _mapping(item: Decoder) -> Decoder:
    def decoded(value: object) -> object:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise DecodeError((), f"a mapping is needed, found {_kind(value)}")
        for key in value:
            if type(key) is not str:
                raise DecodeError((), f"keys are strings here, found {key!r}")
        if item is _anything:
            return value
        out = {}
        try:
            for key, element in value.items():
                out[key] = item(element)
        except DecodeError as error:
            raise DecodeError((key, *error.path), error.message) from None
        return out

    return decoded


def _dataclass(cls: Any) -> Decoder:
    hints = typing.get_type_hints(cls)
    missing = dataclasses.MISSING
    fields = {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(cls)}
    required = {
        field.name for field in dataclasses.fields(cls) if field.default is missing and field.default_factory is missing
    }

    def decoded(value: object) -> object:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise DecodeError((), f"a mapping is needed, found {_kind(value)}")
        for key in value:
            if key not in fields:
                raise DecodeError((key,), f"unknown key {key!r}; known here: {', '.join(sorted(fields))}")
        arguments = {}
        for name, decoder in fields.items():
            if name in value:
                try:
                    arguments[name] = decoder(value[name])
                except DecodeError as error:
                    raise DecodeError((name, *error.path), error.message) from None
            elif name in required:
                raise DecodeError((), f"key {name!r} is missing")
        try:
            return cls(**arguments)
        except DecodeError:
            raise
        except ValueError as error:
            raise DecodeError((), str(error)) from None

    return decoded


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
