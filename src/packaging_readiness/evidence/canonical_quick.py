"""Canonical JSON, quickly, for the large objects of a bundle: the same bytes as `contract.canonical.canonical_json`.

RFC 8785 differs from the standard encoder's sorted, compact form only in numbers that are not small integers, and in
the order of keys with characters from U+D800 on. Where neither occurs the standard encoder, written in C, does it.
"""

import json
import re

from packaging_readiness.contract.canonical import canonical_json

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_NUMBER = re.compile(r"[0-9][.eE]|[0-9]{16}|NaN|Infinity")
_LATE = re.compile("[\ud800-\U0010ffff]")


def canonical_bytes(value: object) -> bytes:
    """`value` (plain data with strings for keys) as canonical JSON with a final newline. Raises InputRefused."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return canonical_json(value)
    if _LATE.search(text) or _NUMBER.search(_STRING.sub("", text)):
        return canonical_json(value)
    return text.encode("utf-8") + b"\n"
