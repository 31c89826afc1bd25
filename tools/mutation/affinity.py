"""How much the text of a test has to do with a piece of code: by the words that both use and few other tests do."""

import ast
import inspect
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pytest

from tools.mutation.model import Mutant

_WORD = re.compile(r"[A-Za-z_]{3,}")


class Affinity:
    """The words of all collected tests: of the function, and of the name of the case."""

    def __init__(self, items: Sequence[pytest.Item]) -> None:
        functions: dict[object, frozenset[str]] = {}
        self._words: list[frozenset[str]] = []
        for item in items:
            function = getattr(item, "function", None)
            if function not in functions:
                functions[function] = words(inspect.getsource(function)) if function else frozenset()
            self._words.append(functions[function] | words(item.name))
        common = Counter(word for some in self._words for word in some)
        self._weight: Mapping[str, float] = {word: math.log(len(items) / count) for word, count in common.items()}

    def closest(self, mutant: Mutant, tests: Iterable[int]) -> list[int]:
        """The tests whose words have most to do with what is changed, then with its statement and its function."""
        old = mutant.edit.old
        parts = (*(old if isinstance(old, list) else [old]), mutant.statement, mutant.outermost)
        wanted = Counter(word for part in parts for word in words(ast.unparse(part)))
        score = {test: self._score(wanted, test) for test in tests}
        return sorted(score, key=lambda test: -score[test])

    def _score(self, wanted: Mapping[str, int], test: int) -> float:
        return sum(wanted[word] * self._weight[word] for word in self._words[test] & wanted.keys())


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(_WORD.findall(text))
