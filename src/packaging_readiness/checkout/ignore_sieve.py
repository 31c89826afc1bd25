"""A quick first test for the walk: can any of these patterns match an entry of this directory?

Most directories hold nothing that a line names, and this is found out for all their entries at once: a pattern becomes
something to search for in the text of all names, one a line. Only what it hits is matched in earnest.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.ignore_patterns import ODD, PLAIN_CLASS, Pattern, Row

Search = Callable[..., re.Match[str] | None]
_WILD = re.compile(r"[*?\[\]\\^]")
_TOKEN = re.compile(rf"{PLAIN_CLASS}|\*|\?|[^*?\[\]\\^]")


@dataclass(slots=True)
class Screen:
    """What to look for in one directory (`prefix` is "" or ends with "/").

    `by_name` keeps the outcome for a name where it is the same in every directory; None where it is this directory's.
    """

    prefix: str
    needles: tuple[str, ...]
    searches: tuple[Search, ...]
    rest: tuple[Pattern, ...]
    by_name: dict[str, tuple[bool, Row]] | None

    def hits(self, names: list[str]) -> set[str]:
        """The names that some pattern may match; all others share the fate of the directory."""
        text = "\n" + "\n".join(names) + "\n"
        # An asterisk alone leaves nothing to look for; a name with a line end cannot be looked for.
        if "" in self.needles or text.count("\n") != len(names) + 1:
            return set(names)
        found: set[str] = set()
        for pattern in self.rest:
            found.update(name for name in names if _may_match(pattern, self.prefix + name))
        for needle in self.needles:
            at = text.find(needle)
            while at >= 0:
                name, at = _line(text, at)
                found.add(name)
                at = text.find(needle, at)
        for search in self.searches:
            match = search(text)
            while match is not None:
                name, at = _line(text, match.start())
                found.add(name)
                match = search(text, at)
        return found


def _line(text: str, at: int) -> tuple[str, int]:
    """The line that a hit at `at` stands in, or starts before, and where it ends."""
    start = text.rfind("\n", 0, at + 1) + 1
    end = text.index("\n", start)
    return text[start:end], end


class Sieve:
    """A set of patterns sorted by the directories that they concern."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._anywhere: list[str] = []
        self._literal: dict[str, list[str]] = {}
        self._globs: dict[int, list[tuple[re.Pattern[str], str]]] = {}
        self._rest: list[tuple[str, Pattern]] = []
        self._by_name: dict[str, tuple[bool, Row]] = {}
        for pattern in patterns:
            self._add(pattern)
        # Most directories have no patterns of their own.
        self._common = self._split(self._anywhere)

    def _add(self, pattern: Pattern) -> None:
        parent, _, name = pattern.value.rpartition("/")
        if "**" in name or not _is_simple(name) or ODD.intersection(pattern.value):
            self._rest.append((literal_lead(pattern), pattern))
        elif parent == "**":
            self._anywhere.append(name)
        elif not _WILD.search(parent):
            self._literal.setdefault(parent, []).append(name)
        elif "**" not in parent and _is_simple(parent):
            self._globs.setdefault(parent.count("/") + 1, []).append((re.compile(_expression(parent) + r"\Z"), name))
        else:
            self._rest.append((literal_lead(pattern), pattern))

    def for_directory(self, prefix: str) -> Screen | None:
        """What to look for among the entries of a directory; None when nothing can match there."""
        needles, searches = self._common
        own = self._literal.get(prefix[:-1], ())
        by_glob = self._globs.get(prefix.count("/"), ())
        fitting = [name for parent, name in by_glob if parent.match(prefix[:-1])]
        rest = tuple(pattern for lead, pattern in self._rest if prefix.startswith(lead))
        if own or fitting:
            more = self._split([*own, *fitting])
            needles, searches = needles + more[0], searches + more[1]
        if not (needles or searches or rest):
            return None
        return Screen(prefix, needles, searches, rest, None if own or fitting or rest else self._by_name)

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


def literal_lead(pattern: Pattern) -> str:
    """The directory (with "/") below which alone the pattern matches anything; "" when that is not plain to see."""
    if ODD.intersection(pattern.value):
        return ""
    try:
        pattern.matches("")
    except BadPattern:
        # The builder fails on it wherever it is tried.
        return ""
    lead = _WILD.split(pattern.value, maxsplit=1)[0]
    return lead[: lead.rfind("/") + 1]


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
