"""Values of handle lines: JSON, or an unquoted word read as a string."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from packaging_readiness.checkout.markdown_blocks import Document

OPEN = "TO_PIN"
"""The value of a handle that is declared and not yet materialised."""

Json = str | int | float | bool | list["Json"] | dict[str, "Json"]

_WORD = re.compile(r"[A-Za-z0-9_.:/-]+")
_LOOKALIKES = frozenset(("true", "false", "null", "none", "nan", "infinity", "-infinity"))
_OPEN_WORD = re.compile(rf"\b{OPEN}\b")
_PLACEHOLDER = re.compile(
    r"(to pin|topin|to be (pinned|determined|defined|decided)|tbd|tba|todo|fixme)( .*)?"
    r"|change ?me|replace ?me|placeholder|pending|unset|unknown|undefined|none|null|nil|n/a|x{3,}|"
)
_DOTS = (".", "..")  # paths, though nothing but punctuation
_BETWEEN_WORDS = re.compile(r"[\s_<>\[\](){}'\"`*?!.:;,-]+")


def is_open(value: Json | None) -> bool:
    """Whether TO_PIN stands anywhere in the value."""
    if isinstance(value, str):
        return _OPEN_WORD.search(value) is not None
    if isinstance(value, dict):
        return any(is_open(part) for part in (*value, *value.values()))
    return isinstance(value, list) and any(is_open(part) for part in value)


def unpinned(value: Json) -> bool:
    """Whether the value is still to be pinned: TO_PIN anywhere in it, nothing, or a word that stands for a value to
    come (`TBD`, `<todo>`, `changeme`), whatever decorates it."""
    if isinstance(value, str):
        if value in _DOTS:
            return False
        words = _BETWEEN_WORDS.sub(" ", value.casefold()).strip()
        return is_open(value) or _PLACEHOLDER.fullmatch(words) is not None
    return is_open(value) or value in ([], {})


def read_value(document: Document, line: int, key: str, text: str) -> Json:
    """The value written after `key =`. Raises InputRefused when it is malformed or could mean two things."""
    value: Json | None
    try:
        value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
        # Refuses what JSON text can spell but no UTF-8 or JSON document can hold: lone surrogates, infinities.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        value = text if _WORD.fullmatch(text) and text.casefold() not in _LOOKALIKES else None
    if value is None:
        cure = "write a JSON string, number, true, false, list or object"
        raise document.refuse(line, f"malformed or ambiguous value of {key}", cure)
    return value


def _without_twins(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("duplicate key")
    return names


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
