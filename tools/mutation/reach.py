"""Which tests run which lines, how long each takes, and what runs already while tests are collected."""

import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

from tools.mutation.tests import failures, in_turn, use_folder

Lines = dict[str, dict[int, list[int]]]


class Tracing:
    """Records the lines that run in some files, by the number of what is running; while nothing is, none."""

    def __init__(self, root: Path, files: Iterable[str], number: int | None = None) -> None:
        self._files = {str(root / file): file for file in files}
        self._found: Lines = {file: {} for file in files}
        self._number = number
        os.environ["COVERAGE_CORE"] = "ctrace"  # the one whose data can be taken while it runs
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=list(self._files), messages=False)
        self._coverage.start()

    def running(self, number: int | None) -> None:
        """From now on, it is this that is running."""
        # Changing coverage's own contexts would write a database: ten times as long as the tests themselves.
        data: dict[str, set[int]] = vars(self._coverage)["_collector"].data
        for path, lines in data.items():
            found = self._found[self._files[path]]
            if self._number is not None:
                for line in lines:
                    found.setdefault(line, []).append(self._number)
        data.clear()
        self._number = number

    def stop(self) -> Lines:
        """By file and line, who ran it."""
        self._coverage.stop()
        self.running(None)
        return self._found


@dataclass(slots=True)
class Reach:
    """Lines by test (its place in the order of collection), seconds of processor time by test, what failed without any
    change, and how many processes imported which modules.
    """

    tests: Lines = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    imported: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Reach") -> None:
        """Take in what another process found."""
        self.seconds |= other.seconds
        self.failed += other.failed
        self.imported += other.imported
        for file, lines in other.tests.items():
            mine = self.tests.setdefault(file, {})
            for line, who in lines.items():
                mine.setdefault(line, []).extend(who)

    def of(self, lines: Mapping[str, Iterable[int]]) -> list[int]:
        """The tests that run any of these lines, fastest first."""
        found = {
            test
            for file, numbers in lines.items()
            for line in numbers
            for test in self.tests.get(file, {}).get(line, ())
        }
        return sorted(found, key=lambda test: (self.seconds[test], test))


def _processor_s() -> float:
    """Time of the processor so far, that of ended children included: the same however busy the machine is."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def measure(
    session: pytest.Session, numbers: Sequence[int], tracing: Tracing, folder: Path, patience_s: float = math.inf
) -> Reach:
    """Run some of the collected tests, recording; those that have not begun after `patience_s` are left out."""
    use_folder(session, folder)
    reach, known = Reach(), set(sys.modules)
    for number, (item, following) in zip(numbers, in_turn([session.items[each] for each in numbers]), strict=True):
        if sum(reach.seconds.values()) > patience_s:
            break
        tracing.running(number)
        started = _processor_s()
        reach.failed += failures(item, following)
        reach.seconds[number] = _processor_s() - started
    reach.tests = tracing.stop()
    reach.imported.update(set(sys.modules) - known)
    return reach
