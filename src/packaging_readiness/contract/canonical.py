"""One byte form for JSON (RFC 8785), and the strict reading of it."""

import hashlib
import json
import re
from typing import Any

from packaging_readiness.contract.errors import InputRefused

DEPTH_LIMIT = 64
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_NUMBER = re.compile(r"[0-9][.eE]|[0-9]{16}|NaN|Infinity")
_LATE = re.compile("[\ud800-\U0010ffff]")


def canonical_json(value: object) -> bytes:
    """`value` (plain data, strings for keys) as canonical JSON (RFC 8785) with a final newline.

    Raises InputRefused for NaN, whole numbers beyond 2^53 and lone surrogates.
    """
    # RFC 8785 differs from the standard encoder's sorted, compact form only in numbers that are not small integers and
    # in the order of keys with characters from U+D800 on. Elsewhere the standard encoder, written in C, does it.
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return _by_the_book(value)
    if _LATE.search(text) or _NUMBER.search(_STRING.sub("", text)):
        return _by_the_book(value)
    return text.encode("utf-8") + b"\n"


def _by_the_book(value: object) -> bytes:
    import rfc8785

    try:
        return rfc8785.dumps(value) + b"\n"  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise InputRefused("", f"cannot be written as canonical JSON: {error}") from None


def sha256(data: bytes) -> str:
    """`sha256:` and the hexadecimal digest of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read_json(data: bytes, shown: str) -> Any:
    """The JSON value in `data`: UTF-8 without BOM, no duplicate keys, no NaN, bounded depth. Raises InputRefused."""

    def constant(name: str) -> Any:
        raise InputRefused(shown, f"{name} is not JSON")

    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_constant=constant)
    except UnicodeDecodeError as error:
        raise InputRefused(shown, f"is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise InputRefused(f"{shown}:{error.lineno}", f"is not JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise InputRefused(shown, "is nested too deeply or holds a number out of range") from None
    if _keys_of(value, shown) != _keys_in(text):
        _refuse_doubled(text, shown)
    return value


def _keys_of(value: Any, shown: str) -> int:
    """How many keys `value` has in all. Raises InputRefused when it is nested too deeply."""
    count = 0
    level = [value]
    for _ in range(DEPTH_LIMIT):
        inner: list[Any] = []
        for item in level:
            if type(item) is dict:
                count += len(item)
                inner += item.values()
            elif type(item) is list:
                inner += item
        if not inner:
            return count
        level = inner
    raise InputRefused(shown, f"is nested deeper than {DEPTH_LIMIT} levels")


def _keys_in(text: str) -> int:
    """How many keys well-formed JSON text has: a colon outside of a string follows a key and nothing else."""
    if "\\" in text:
        text = text.replace("\\\\", "").replace('\\"', "")
    return "".join(text.split('"')[::2]).count(":")


def _refuse_doubled(text: str, shown: str) -> None:
    """Name the doubled key. A hook for each object makes reading twice as long, so only this second reading has one."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(items)
        if len(out) != len(items):
            doubled = next(key for index, (key, _) in enumerate(items) if key in dict(items[:index]))
            raise InputRefused(shown, f"key {doubled!r} stands in one object twice")
        return out

    json.loads(text, object_pairs_hook=pairs)
