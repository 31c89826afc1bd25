"""Plain data into frozen dataclasses, with the place of the first thing that does not fit.

The dataclass is the schema: field types, defaults and unknown keys are all checked. The JSON Schemas beside the
contract say the same for editors and are held against this decoder by the self-tests.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from packaging_readiness.contract.errors import InputRefused

T = TypeVar("T")
Path = tuple[str | int, ...]


class DecodeError(ValueError):
    """`path` leads from the root of the data to the value that is wrong; the message says what is wrong with it."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


@functools.cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def decode(cls: type[T], value: object, path: Path = ()) -> T:
    """Return `value` (mappings, lists and scalars) as an instance of the dataclass `cls`.

    Raises DecodeError for a missing or unknown key, a wrong type, or a value that `__post_init__` refuses (by a
    ValueError of the whole, or a DecodeError that leads on to the field).
    """
    if not isinstance(value, Mapping):
        raise DecodeError(path, f"a mapping is needed, found {_kind(value)}")
    hints = _hints(typing.cast(Any, cls))
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for key in value:
        if key not in fields:
            known = ", ".join(sorted(fields))
            raise DecodeError((*path, key), f"unknown key {key!r}; known here: {known}")
    arguments = {}
    for name, field in fields.items():
        if name in value:
            arguments[name] = _value(hints[name], value[name], (*path, name))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise DecodeError(path, f"key {name!r} is missing")
    try:
        return cls(**arguments)
    except DecodeError as error:
        raise DecodeError((*path, *error.path), error.message) from None
    except ValueError as error:
        raise DecodeError(path, str(error)) from None


def decode_foreign(cls: type[T], value: object, shown: str, *, below: str = "", cure: str = "") -> T:
    """As `decode`, for the content of the foreign file `shown`, in which `value` stands below the key `below`.

    Raises InputRefused with the place of what does not fit.
    """
    try:
        return decode(cls, value)
    except DecodeError as error:
        place = ".".join(map(str, (*([below] if below and error.path else []), *error.path)))
        raise InputRefused(shown, f"{place}: {error.message}" if place else error.message, cure) from None


@functools.cache
def _origin(hint: Any) -> Any:
    return typing.get_origin(hint)


def _value(hint: Any, value: object, path: Path) -> Any:
    origin = _origin(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        (inner,) = (part for part in typing.get_args(hint) if part is not type(None))
        return _value(inner, value, path)
    if origin is typing.Literal:
        allowed = typing.get_args(hint)
        if not any(type(value) is type(option) and value == option for option in allowed):
            raise DecodeError(path, f"one of {', '.join(map(str, allowed))} is needed, found {value!r}")
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise DecodeError(path, f"a list is needed, found {_kind(value)}")
        (item_hint, _) = typing.get_args(hint)
        return tuple(_value(item_hint, item, (*path, index)) for index, item in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(hint, value, path)
    if dataclasses.is_dataclass(hint):
        return decode(typing.cast("type[Any]", hint), value, path)
    if hint is Any:
        return value
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise DecodeError(path, f"{hint.__name__} is needed, found {_kind(value)}")
    return value


def _mapping(hint: Any, value: object, path: Path) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise DecodeError(path, f"a mapping is needed, found {_kind(value)}")
    _, item_hint = typing.get_args(hint)
    for key in value:
        if not isinstance(key, str):
            raise DecodeError(path, f"keys are strings here, found {key!r}")
    return {key: _value(item_hint, item, (*path, key)) for key, item in value.items()}


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
