"""Where the assignment rules look: the stretches of a text around what announces a credential."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from packaging_readiness.secrets.names import credential_strength
from packaging_readiness.secrets.rulepack import Gates

_BEFORE = 512
_AFTER = 4096
_SEEN = 1024
_LINES_AFTER = 4
_MAX_STRETCH = 1 << 16
_MAX_NAME = 120
_OFTEN = 100
_MAX_MASKS = 16
# What a rule takes for a key's name.
_NAME_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_LAST_WORD = re.compile(rb"[A-Z]*[a-z0-9]*[^A-Za-z0-9]*\Z")
# A field of a minified JSON whose value is none.
_NOTHING = re.compile(rb"\\?\":\s?null(?=[,}])")


def stretches(data: bytes, gates: Gates) -> Iterator[tuple[int, int]]:
    """Start and end of each: the line and a few after it, bounded, joined where they touch."""
    start = end = -1
    for first, last in sorted([*_around(data, gates.names, True), *_around(data, gates.assignments, False)]):
        if first <= end and max(end, last) - start <= _MAX_STRETCH:
            end = max(end, last)
            continue
        if start >= 0:
            yield start, end
        start, end = first, last
    if start >= 0:
        yield start, end


def _around(data: bytes, gate: Any, named: bool) -> Iterator[tuple[int, int]]:
    text, position = data, 0
    repeated = _Repeated()
    while (found := gate.search(text, position)) is not None:
        low, high = found.span()
        if named:
            start, position = _name_around(data, low)
            nothing = _NOTHING.match(data, position)
            if position >= low + _MAX_NAME:  # the name was cut, and where it was cut a word may begin
                position = low + _MAX_NAME // 2
            if nothing is not None or _is_harmless(data[start:position], data[low:position]):
                position = position if nothing is None else nothing.end()
                text = repeated.masked(text, start, position)
                continue
        first = max(data.rfind(b"\n", max(0, low - _BEFORE), low) + 1, low - _BEFORE, 0)
        last = high
        for _ in range(_LINES_AFTER):
            newline = data.find(b"\n", last, high + _AFTER)
            if newline == -1:
                last = min(len(data), high + _AFTER)
                break
            last = newline + 1
        yield first, last
        # What announces a credential inside the stretch is seen with it: on endless lines most of them are.
        position = max(high, low + 1, last - _SEEN)


def _name_around(data: bytes, low: int) -> tuple[int, int]:
    """Start and end of the name that the byte at `low` is in; at least that byte."""
    before, behind = data[max(0, low - _MAX_NAME) : low], data[low : low + _MAX_NAME]
    end = low + len(behind) - len(behind.lstrip(_NAME_BYTES))
    return low - len(before) + len(before.rstrip(_NAME_BYTES)), max(low + 1, end)


class _Repeated:
    """Harmless names that a text repeats, as logs and generated files do, kept out of the gate's sight.

    Once a name has come often enough, the rest of the text is searched without it: there it stands masked, with the
    bytes that bound it, so that no longer name is touched. Every position stays.
    """

    def __init__(self) -> None:
        self._times: Counter[bytes] = Counter()
        self._masks = _MAX_MASKS

    def masked(self, text: bytes, start: int, end: int) -> bytes:
        """`text` with what stands from `start` to `end` masked wherever it stands between the same two bytes."""
        bounded = text[max(0, start - 1) : end + 1]
        self._times[bounded] += 1
        if self._times[bounded] != _OFTEN or not self._masks:
            return text
        before, after = bounded[:1], bounded[-1:]
        # What may be behind a name counts in the gate, too: `value` is such a word.
        if (
            len(bounded) < end - start + 2
            or before in _NAME_BYTES
            or after in _NAME_BYTES
            or b"value" in bounded.lower()
        ):
            return text
        self._masks -= 1
        return text.replace(bounded, before + b"x" * (end - start) + after)


@lru_cache(maxsize=8192)
def _is_harmless(name: bytes, ending: bytes) -> bool:
    """Whether neither the name (`token_count`) nor its part from the word on, nor its last word announces a credential.

    A rule may take just such a part for the key: `Token` in `credentials.updateToken(...)`.
    """
    last = _LAST_WORD.search(name)
    parts = (name, ending, last.group() if last is not None else b"")
    return not any(credential_strength(text.decode("latin-1")) for text in parts)
