"""Many regular expressions as one automaton: which of them match is one search instead of one for each."""

from collections.abc import Iterable
from typing import Any

_MEMORY = 128 << 20  # bytes: an automaton of thousands of lines


class PatternSet:
    """Expressions in RE2's syntax, numbered as given. One that is no expression counts as matching everything."""

    def __init__(self, expressions: Iterable[str]) -> None:
        import re2

        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._set: Any = re2.Set.SearchSet(options)
        self._numbers: list[int] = []
        self._refused: list[int] = []
        for number, expression in enumerate(expressions):
            try:
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

    def matching(self, text: str) -> list[int] | None:
        """The numbers of the expressions found in `text`, in no order; None when the automaton cannot tell."""
        found: list[int] = self._set.Match(text) if self._set is not None else []
        if not found:
            return None
        found.remove(len(self._numbers))
        return [*(self._numbers[each] for each in found), *self._refused]
