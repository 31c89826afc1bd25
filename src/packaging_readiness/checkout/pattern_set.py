"""Many regular expressions as one automaton: which of them match is one search instead of one for each."""

from collections.abc import Iterable
from typing import Any

_MEMORY = 64 << 20  # bytes: an automaton of thousands of lines


class PatternSet:
    """Expressions in RE2's syntax, numbered as given. One that RE2 refuses by itself counts as matching everything."""

    def __init__(self, expressions: Iterable[str]) -> None:
        import re2

        options, alone = re2.Options(), re2.Options()
        options.log_errors = alone.log_errors = False
        options.max_mem = _MEMORY
        self._set: Any = re2.Set.SearchSet(options)
        self._numbers: list[int] = []
        self._refused: list[int] = []
        for number, expression in enumerate(expressions):
            try:
                re2.compile(expression, alone)  # the set has more memory, and would take what nobody else can compile
                self._set.Add(expression)
                self._numbers.append(number)
            except re2.error:
                self._refused.append(number)
        # Matches everything: no match at all is then the answer of an automaton that grew too large.
        self._set.Add("")
        try:
            self._set.Compile()
        except re2.error:
            self._set = None

    @property
    def made(self) -> bool:
        """Whether there is an automaton; it may be too large."""
        return self._set is not None

    def matching(self, text: str) -> list[int] | None:
        """The numbers of the expressions found in `text`, in no order; None when the automaton cannot tell."""
        found: list[int] = self._set.Match(text) if self._set is not None else []
        if not found:
            return None
        found.remove(len(self._numbers))
        return [*(self._numbers[each] for each in found), *self._refused]
