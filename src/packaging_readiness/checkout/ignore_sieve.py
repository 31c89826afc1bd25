"""A quick first test for the walk: can any of these patterns match an entry of this directory?

Most directories hold nothing that a line names, and this is found out for all their entries at once: a pattern becomes
something to search for in the text of all names, one a line. Only what it hits is matched in earnest.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.ignore_patterns import PLAIN_CLASS, Pattern

Search = Callable[[str], object]
_WILD = re.compile(r"[*?\[\]\\^]")
_TOKEN = re.compile(rf"{PLAIN_CLASS}|\*|\?|[^*?\[\]\\^]")


@dataclass(slots=True)
class Screen:
    """What to look for in one directory (`prefix` is "" or ends with "/")."""

    prefix: str
    needles: tuple[str, ...]
    searches: tuple[Search, ...]
    rest: tuple[Pattern, ...]

    def hits_none(self, names: list[str]) -> bool:
        """Whether no pattern can match any of the names. False says nothing."""
        text = "\n" + "\n".join(names) + "\n"
        return not self.rest and text.count("\n") == len(names) + 1 and not self._hits(text)

    def hits(self, name: str) -> bool:
        """Whether some pattern may match the entry of this name."""
        return self._hits(f"\n{name}\n") or any(_may_match(each, self.prefix + name) for each in self.rest)

    def _hits(self, text: str) -> bool:
        for needle in self.needles:
            if needle in text:
                return True
        return any(search(text) is not None for search in self.searches)


class Sieve:
    """A set of patterns sorted by the directories that they concern."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._anywhere: list[str] = []
        self._literal: dict[str, list[str]] = {}
        self._globs: dict[int, list[tuple[re.Pattern[str], str]]] = {}
        self._rest: list[Pattern] = []
        for pattern in patterns:
            self._add(pattern)
        # Most directories have no patterns of their own.
        self._common = self._split(self._anywhere)

    def _add(self, pattern: Pattern) -> None:
        parent, _, name = pattern.value.rpartition("/")
        if "**" in name or not _is_simple(name):
            self._rest.append(pattern)
        elif parent == "**":
            self._anywhere.append(name)
        elif not _WILD.search(parent):
            self._literal.setdefault(parent, []).append(name)
        elif "**" not in parent and _is_simple(parent):
            self._globs.setdefault(parent.count("/") + 1, []).append((re.compile(_expression(parent) + r"\Z"), name))
        else:
            self._rest.append(pattern)

    def for_directory(self, prefix: str) -> Screen | None:
        """What to look for among the entries of a directory; None when nothing can match there."""
        needles, searches = self._common
        own = self._literal.get(prefix[:-1], ())
        by_glob = self._globs.get(prefix.count("/")) if self._globs else None
        if own or by_glob:
            fitting = [name for parent, name in by_glob or () if parent.match(prefix[:-1])]
            more = self._split([*own, *fitting])
            needles, searches = needles + more[0], searches + more[1]
        if not (needles or searches or self._rest):
            return None
        return Screen(prefix, needles, searches, tuple(self._rest))

    @staticmethod
    def _split(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[Search, ...]]:
        """Names as literal text to look for where that is enough, else as expressions."""
        needles: list[str] = []
        searches: list[Search] = []
        for name in names:
            middle = name.strip("*")
            if _WILD.search(middle):
                searches.append(re.compile(_framed(name, _expression(middle))).search)
            else:
                needles.append(_framed(name, middle))
        return tuple(needles), tuple(searches)


def _is_simple(glob: str) -> bool:
    return "".join(_TOKEN.findall(glob)) == glob and all(map(_compiles, re.findall(PLAIN_CLASS, glob)))


def _compiles(expression: str) -> bool:
    try:
        re.compile(expression)
    except re.error:
        return False
    return True


def _expression(glob: str) -> str:
    pieces = {"*": "[^/\n]*", "?": "[^/\n]"}
    return "".join(pieces.get(each) or (each if len(each) > 1 else re.escape(each)) for each in _TOKEN.findall(glob))


def _framed(name: str, middle: str) -> str:
    """Bound by line ends, except where the pattern starts or ends with an asterisk."""
    return ("" if name.startswith("*") else "\n") + middle + ("" if name.endswith("*") else "\n")


def _may_match(pattern: Pattern, path: str) -> bool:
    """A pattern that cannot be compiled counts as a match here; the matching in earnest decides whether it is met."""
    try:
        return pattern.matches(path)
    except BadPattern:
        return True
