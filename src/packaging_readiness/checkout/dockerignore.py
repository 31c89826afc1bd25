"""Reads the ignore file of a build context and answers for any path, existing or not, whether it gets in."""

from dataclasses import dataclass
from functools import cached_property

from packaging_readiness.checkout.builder_paths import MAX_LINE, MAX_PATTERN, SPACES, BadPattern, clean
from packaging_readiness.checkout.ignore_patterns import (
    Pattern,
    Row,
    match_entry,
    new_pattern,
    replace_escaped,
    search_expression,
)
from packaging_readiness.checkout.pattern_set import PatternSet
from packaging_readiness.contract.errors import InputRefused

_MANY = 30  # patterns: from here on one search among all of them costs less than asking each
_BOM = b"\xef\xbb\xbf"
_CURE = "write the pattern as the .dockerignore reference says"
# Names of many shapes: an ignore file that lets none of them in denies whatever it does not name.
_UNNAMED = ("q7x", "Q7X", "0q7", "_q7", ".q7x", "q7x.q7y", "~q7", " q7", "\u00e97q")


@dataclass(frozen=True)
class Ignore:
    """An ignore file: `place` names it in messages, `patterns` are in file order.

    `starts_with_mark` tells of a byte order mark, which the builder drops and another engine may not.
    """

    place: str
    patterns: tuple[Pattern, ...]
    starts_with_mark: bool = False

    def excludes(self, path: str) -> bool:
        """Whether the builder leaves this relative path out. Raises InputRefused for an uncompilable pattern."""
        return self._settle(self.near(path), path)[0]

    def decided_by(self, path: str) -> Pattern | None:
        """The last pattern that changed the path's fate; None when no pattern matched."""
        patterns = self.near(path)
        verdict, row = self._settle(patterns, path, to_the_end=True)
        if not verdict:
            # The lines let it in; the builder may have turned back at a parent all the same.
            row = self._settle(patterns, path)[1]
        matched = False
        decider: Pattern | None = None
        for pattern, hit in zip(patterns, row, strict=True):
            if hit and matched == pattern.reopens:
                matched, decider = not pattern.reopens, pattern
        return decider

    @cached_property
    def openings(self) -> frozenset[str] | None:
        """Excluded directories (with "/") that the builder still looks into; None when a wildcard re-opens: all."""
        found: set[str] = set()
        for pattern in self.patterns:
            if not pattern.reopens:
                continue
            prefix = pattern.literal_prefix
            if prefix is None:
                return None
            parts = prefix.split("/")
            found.update("/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1))
        return frozenset(found)

    def _settle(self, patterns: tuple[Pattern, ...], path: str, *, to_the_end: bool = False) -> tuple[bool, Row]:
        """The verdict on a path and the row of flags behind it, from the root down, as far as the builder looks."""
        verdict, row, position = False, (False,) * len(patterns), 0
        try:
            while position >= 0:
                position = path.find("/", position + 1)
                here = path if position < 0 else path[:position]
                verdict, row = match_entry(patterns, here, row)
                if verdict and not to_the_end and self.openings is not None and here + "/" not in self.openings:
                    break
        except BadPattern as error:
            raise self.refused(error) from None
        return verdict, row

    @cached_property
    def slow(self) -> bool:
        """Whether each of many patterns has to be asked about each path."""
        return len(self.patterns) >= _MANY and not self._all.made

    def near(self, path: str) -> tuple[Pattern, ...]:
        """The patterns without those that match neither the path nor a parent of it: they decide nothing."""
        if len(self.patterns) < _MANY:
            return self.patterns
        text, found, position = replace_escaped(path), set[int](), 0
        while position >= 0:
            position = text.find("/", position + 1)
            hits = self._all.matching(text if position < 0 else text[:position])
            if hits is None:
                return self.patterns
            found.update(hits)
        return tuple(self.patterns[number] for number in sorted(found))

    @cached_property
    def _all(self) -> PatternSet:
        return PatternSet(replace_escaped(search_expression(each.value)) for each in self.patterns)

    def is_default_deny(self) -> bool:
        """Whether a path that no line names stays out, at the root and below any directory."""
        names = [*_UNNAMED, *(f"q7d/{name}" for name in _UNNAMED)]
        return all(self.excludes(name) for name in names)

    def refused(self, error: BadPattern) -> InputRefused:
        """The refusal for a pattern found bad only while matching, as it is in the builder."""
        return InputRefused(f"{self.place}:{error.line}" if error.line else self.place, str(error), _CURE)


def read_ignore(data: bytes, place: str) -> Ignore:
    """Parse the bytes of an ignore file. Raises InputRefused (`path:line`) for what the builder rejects.

    Bytes that are not UTF-8 match themselves. Lines end at LF, one CR before it goes with it.
    """
    patterns: list[Pattern] = []
    lines = data.removeprefix(_BOM).split(b"\n")
    for number, raw in enumerate(lines, 1):
        if len(raw) > MAX_LINE:
            raise InputRefused(f"{place}:{number}", f"line longer than {MAX_LINE} bytes", "break the line")
        text = raw.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        pattern = _pattern(number, text, place)
        if pattern is not None:
            patterns.append(pattern)
    _refuse_control_characters(patterns, place)
    return Ignore(place, tuple(patterns), data.startswith(_BOM))


def _pattern(number: int, text: str, place: str) -> Pattern | None:
    if text.startswith("#"):
        return None
    value = text.strip(SPACES)
    if not value:
        return None
    reopens = value.startswith("!")
    value = value[1:].strip(SPACES) if reopens else value
    if len(value) > MAX_PATTERN:
        raise InputRefused(f"{place}:{number}", f"pattern longer than {MAX_PATTERN} characters", "no path is that long")
    if value:
        value = clean(value)
        value = value[1:] if len(value) > 1 and value.startswith("/") else value
    try:
        return new_pattern(number, text, ("!" if reopens else "") + value)
    except BadPattern as error:
        raise InputRefused(f"{place}:{number}", str(error), _CURE) from None


def _refuse_control_characters(patterns: list[Pattern], place: str) -> None:
    """The patterns travel in a header that takes printable ASCII, unless one of them forces the encoded form."""
    if not all(pattern.value.isascii() for pattern in patterns):
        return
    for pattern in patterns:
        if any(char < " " or char == "\x7f" for char in pattern.value):
            cause = "pattern with a control character, which the builder rejects"
            raise InputRefused(f"{place}:{pattern.line}", cause, "remove the character")
