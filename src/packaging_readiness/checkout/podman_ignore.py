"""How podman 4.3 (buildah 1.28) reads an ignore file, for comparison with the builder whose reading counts.

It differs from BuildKit in how a line is tidied, in characters that it leaves active in its regular expressions, in
what decides when lines contradict each other (the last line that matches a path or one of its parents), and in which
excluded directories it still looks into. Source, at those versions: containers/storage pkg/fileutils, buildah
copier and openshift/imagebuilder ParseIgnore; checked against the engine itself by the project's own tests.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from packaging_readiness.checkout.builder_paths import SPACES, BadPattern, check_glob, clean
from packaging_readiness.checkout.ignore_patterns import Pattern, replace_escaped
from packaging_readiness.checkout.pattern_set import PatternSet


@dataclass(frozen=True)
class PodmanPattern:
    """One line as podman reads it. `line` is 1-based; `value` the tidied pattern."""

    line: int
    value: str
    reopens: bool
    _compiled: list[Any] = field(default_factory=list, repr=False, compare=False)

    def matches(self, path: str) -> bool:
        """Whether the pattern matches this path or a parent of it. Raises BadPattern when podman cannot compile it."""
        if not self._compiled:
            self._compiled.append(_compile(self))
        return self._compiled[0].search(replace_escaped(path)) is not None


class PodmanIgnore:
    """An ignore file in podman's reading. `rejected` are the lines that make podman refuse the whole file, `dropped`
    those in which it sees no pattern.
    """

    def __init__(self, lines: Iterable[Pattern]) -> None:
        self.patterns: list[PodmanPattern] = []
        self.rejected: set[int] = set()
        self.dropped: set[int] = set()
        for line in lines:
            try:
                found = _read(line)
                if found is None:
                    self.dropped.add(line.line)
                    continue
                found.matches("")
                self.patterns.append(found)
            except BadPattern:
                self.rejected.add(line.line)

    @cached_property
    def _all(self) -> PatternSet:
        return PatternSet(replace_escaped(_expression(each.value)) for each in self.patterns)

    def excludes(self, path: str) -> bool:
        """Whether podman leaves the path out."""
        return self.shut_directory(path) is not None or self._matched(path)

    def shut_directory(self, path: str) -> str | None:
        """The first excluded parent of a path that podman does not look into; None when it gets to the path."""
        parts = path.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            if self._matched(parent) and not self._looks_into(parent):
                return parent
        return None

    @cached_property
    def by_line(self) -> Mapping[int, PodmanPattern]:
        """The patterns by their lines."""
        return {each.line: each for each in self.patterns}

    def matching(self, path: str) -> list[PodmanPattern]:
        """The patterns that match the path or a parent of it, in file order."""
        hits = self._all.matching(replace_escaped(path))
        if hits is None:
            return [each for each in self.patterns if each.matches(path)]
        return [self.patterns[number] for number in sorted(hits)]

    def decided_by(self, path: str) -> PodmanPattern | None:
        """The last pattern that matches the path; None when none does."""
        found = self.matching(path)
        return found[-1] if found else None

    def _matched(self, path: str) -> bool:
        decider = self.decided_by(path)
        return decider is not None and not decider.reopens

    def _looks_into(self, directory: str) -> bool:
        at = bisect_left(self._reopened, directory)
        return at < len(self._reopened) and self._reopened[at].startswith(directory)

    @cached_property
    def _reopened(self) -> list[str]:
        return sorted(each.value + "/" for each in self.patterns if each.reopens)


def _read(line: Pattern) -> PodmanPattern | None:
    value = line.text.strip("/").strip(SPACES)
    if not value:
        return None
    value = clean(value)
    reopens = value.startswith("!")
    if reopens:
        if value == "!":
            raise BadPattern(value)
        value = clean(value[1:]).removeprefix("/")
    check_glob(value)
    return PodmanPattern(line.line, value, reopens)


def _compile(pattern: PodmanPattern) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(replace_escaped(_expression(pattern.value)), options)
    except re2.error:
        raise BadPattern(pattern.value) from None


def _expression(value: str) -> str:
    """Only `.` and `$` are escaped, and every pattern goes on matching below what it matches."""
    tokens = re.findall(r"\*\*/?|\*|\?|\\.|.", value.removeprefix("\ufeff"), re.DOTALL)
    out = []
    for at, token in enumerate(tokens):
        if token.startswith("**"):
            out.append(".*" if at == len(tokens) - 1 else "(.*/)?")
        else:
            out.append({"*": "[^/]*", "?": "[^/]", ".": r"\.", "$": r"\$"}.get(token, token))
    return "^" + "".join(out) + "(/.*)?$"
