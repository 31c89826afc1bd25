"""Which fault the bytes of an object have, each told apart from the others.

The contract room's reader refuses all of them alike; whoever verifies wants to know which it was.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

from packaging_readiness.contract.canonical import DEPTH_LIMIT, canonical_json
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.evidence.problems import Problem

_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EXACT = 2**53


class Fault(Exception):
    """`code` of the problem table and the cause, for bytes that are not one JSON mapping."""

    def __init__(self, code: str, cause: str) -> None:
        super().__init__(code, cause)
        self.code = code
        self.cause = cause


def parse(data: bytes) -> dict[str, Any]:
    """The mapping in `data`. Raises Fault with the code of what is wrong; canonical form is not looked at."""
    if not data:
        raise Fault("empty", "has no bytes")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Fault("byte-order-mark", "starts with a byte order mark")
    if data.startswith(_MARKS) or b"\x00" in data[:4]:
        raise Fault("utf-16", "is not encoded in UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("not-utf-8", f"byte {error.start} is not UTF-8") from None
    try:
        value = json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_whole, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise Fault("trailing-data", f"something follows the value, from byte {error.pos} on") from None
        raise Fault("not-json", f"line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise Fault("too-deep", f"is nested deeper than {DEPTH_LIMIT} levels") from None
    if not isinstance(value, dict):
        raise Fault("not-an-object", "is not a mapping at the top level")
    _refuse_depth(value)
    if "\\u" in text:  # UTF-8 holds no surrogates: only an escape can bring one in
        _refuse_surrogates(value)
    return value


def canonical_fault(value: object, data: bytes) -> Fault | None:
    """What keeps `data` from being the canonical form of `value`, or None."""
    try:
        same = canonical_json(value) == data
    except InputRefused as error:
        return Fault("not-canonical", error.cause)
    return None if same else Fault("not-canonical", "is not in the canonical form")


def read_object(name: str, data: bytes) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """The mapping in the bytes of the object `name`, None where they are none; and what is wrong with their form."""
    try:
        content = parse(data)
    except Fault as fault:
        return None, (Problem(fault.code, name, fault.cause),)
    form = canonical_fault(content, data)
    return content, () if form is None else (Problem(form.code, name, form.cause),)


def _pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(items)
    if len(out) != len(items):
        doubled = next(key for key, count in Counter(key for key, _ in items).items() if count > 1)
        raise Fault("duplicate-key", f"key {doubled[:80]!a} stands in one object twice")
    return out


def _constant(name: str) -> NoReturn:
    raise Fault("not-a-json-number", f"{name} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > 17 or not -_EXACT < int(digits) < _EXACT:
        raise Fault("number-out-of-range", "a whole number is beyond 2^53")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number - number != 0:
        raise Fault("number-out-of-range", "a number is not finite")
    return number


def _refuse_depth(value: Any) -> None:
    """Level by level, never by recursion."""
    level = [value]
    for _ in range(DEPTH_LIMIT):
        level = [child for item in level for child in _children(item) if isinstance(child, (dict, list))]
        if not level:
            return
    raise Fault("too-deep", f"is nested deeper than {DEPTH_LIMIT} levels")


def _refuse_surrogates(value: Any) -> None:
    """Of a value that is not too deep."""
    if isinstance(value, str) and _SURROGATE.search(value):
        raise Fault("lone-surrogate", "a string holds half of a surrogate pair")
    if isinstance(value, (dict, list)):
        for child in (*value, *_children(value)):
            _refuse_surrogates(child)


def _children(item: Any) -> Iterable[Any]:
    return item.values() if isinstance(item, dict) else item
