"""One mutant after another: which tests are worth running on it, and what they say."""

import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.mutation.affinity import Affinity
from tools.mutation.forks import Ended, run_forked
from tools.mutation.model import Mutant
from tools.mutation.reach import Lines, Reach
from tools.mutation.readers import Readers
from tools.mutation.swap import Process, Unfit
from tools.mutation.tests import failures, in_turn, use_folder

# So many tests that killed neighbours are tried first. All that are tried take no longer than this without a mutant;
# those that take long by themselves come last, with a share of the time kept for them.
KNOWN = 10
BUDGET_S, DEAR_S, CHEAP_SHARE = 6.0, 0.3, 0.6
# A mutant may take so much longer than the tests do without it; processor time, and by the clock.
SLOWER, GRACE_S, GRACE_CLOCK_S = 5.0, 2.0, 60.0
MEMORY = 2 << 30
_TIME = (-signal.SIGPROF, -signal.SIGALRM)
_IMPORT = -1


def in_turns(tests: Sequence[int], paths: Mapping[int, frozenset[int]]) -> list[int]:
    """One test of each path, that of the rarest first, then a second one of each, and so on; otherwise as given."""
    turns, place = Counter[frozenset[int]](), {}
    for test in tests:
        path = paths.get(test, frozenset())
        place[test] = turns[path]
        turns[path] += 1
    return sorted(tests, key=lambda test: (place[test], turns[paths.get(test, frozenset())]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant: killed, timeout (the tests did not come to an end), survived, not covered (no test
    reaches it), or not tried (it could not be switched on, or its process was killed). `by` is the test that killed it,
    or why it was not tried; `left` counts the tests beyond the budget.
    """

    mutant: Mutant
    ending: str
    by: str = ""
    tried: int = 0
    left: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant, the tests to run on it in this order, and how many more reach it."""

    mutant: Mutant
    order: list[int]
    left: int


@dataclass(slots=True)
class Trials:
    """All that is known before the first mutant is switched on, and which tests killed what so far. `early` are the
    lines that ran while tests were collected and caches were filled, each with the numbers of these caches.
    """

    session: pytest.Session
    process: Process
    reach: Reach
    early: Lines
    readers: Readers
    affinity: Affinity
    _killers: dict[str, dict[int, None]] = field(default_factory=dict)
    _known_paths: dict[tuple[str, tuple[int, int] | None], Mapping[int, frozenset[int]]] = field(default_factory=dict)

    def run(self, mutants: Iterable[Mutant], jobs: int, folder: Path) -> Iterator[Outcome]:
        """Try the mutants, each of which some test reaches, `jobs` at a time."""
        # The order is found in this process, just before the fork: it learns from every mutant that was killed.
        tasks = (Trial(mutant, *self._order(mutant)) for mutant in mutants)
        for ended in run_forked(tasks, self._try, jobs, folder):
            yield self._outcome(ended)

    def not_covered(self, mutant: Mutant) -> bool:
        """Whether no test reaches it."""
        return not self.reach.of(self._lines(mutant))

    def _lines(self, mutant: Mutant) -> Mapping[str, Iterable[int]]:
        return {mutant.file: mutant.lines} if mutant.in_function else self.readers.lines(mutant.file, mutant.scope)

    def _order(self, mutant: Mutant) -> tuple[list[int], int]:
        """The tests to run, those that take long last: those that killed neighbours; then in turn one whose words have
        to do with the change, and one that runs something else around it than those before; and how many are left out.
        """
        tests = self.reach.of(self._lines(mutant))
        near, far = (self._killers.get(key, {}) for key in (f"{mutant.file} {mutant.scope}", mutant.file))
        known = [test for test in (*reversed(near), *reversed(far)) if test in set(tests)][:KNOWN]
        differing = in_turns(in_turns(tests, self._paths(mutant.file, None)), self._paths_around(mutant))
        close = self.affinity.closest(mutant, tests)
        promising = dict.fromkeys([*known, *(test for pair in zip(close, differing, strict=True) for test in pair)])
        cheap = [test for test in promising if self.reach.seconds[test] <= DEAR_S]
        dear = [test for test in promising if self.reach.seconds[test] > DEAR_S]
        order = self._within(CHEAP_SHARE * BUDGET_S, cheap)
        order += self._within(BUDGET_S - sum(self.reach.seconds[test] for test in order), dear)
        order = order or list(promising)[:1]
        return order, len(tests) - len(order)

    def _within(self, seconds: float, tests: Iterable[int]) -> list[int]:
        """The first tests, as many as fit into so much time."""
        found = []
        for test in tests:
            seconds -= self.reach.seconds[test]
            if seconds < 0:
                break
            found.append(test)
        return found

    def _paths_around(self, mutant: Mutant) -> Mapping[int, frozenset[int]]:
        """What each test runs of the function that holds the mutant."""
        if not mutant.in_function:
            return self._paths(mutant.file, None)
        return self._paths(mutant.file, (mutant.outermost.lineno, mutant.outermost.end_lineno or 0))

    def _paths(self, file: str, between: tuple[int, int] | None) -> Mapping[int, frozenset[int]]:
        """The lines of a file, or of a part of it, that each test runs."""
        key = (file, between)
        if key not in self._known_paths:
            first, last = between or (0, sys.maxsize)
            found: dict[int, set[int]] = {}
            for line, tests in self.reach.tests.get(file, {}).items():
                for test in tests if first <= line <= last else ():
                    found.setdefault(test, set()).add(line)
            self._known_paths[key] = {test: frozenset(lines) for test, lines in found.items()}
        return self._known_paths[key]

    def _try(self, trial: Trial, folder: Path) -> int | None:
        """In a process of its own: the test that kills the mutant, if one does."""
        mutant, order = trial.mutant, trial.order
        use_folder(self.session, folder)
        _limit_memory()
        _limit_time(GRACE_S)
        if (early := self._early(mutant)) is not None:
            self.process.forget(early)
        try:
            self.process.switch_on(mutant)
        except Unfit:
            raise
        except Exception as error:
            if mutant.in_function:
                raise
            print(type(error).__name__)
            return _IMPORT
        for test, (item, following) in zip(order, in_turn([self.session.items[each] for each in order]), strict=True):
            _limit_time(GRACE_S + SLOWER * self.reach.seconds[test])
            try:
                if failures(item, following):
                    return test
            except BaseException:
                return test
        return None

    def _early(self, mutant: Mutant) -> set[int] | None:
        """The caches that hold what the changed code came to; None when it did not run while tests were collected.

        Where only a part of a function is changed, another part may have made what is remembered: an inner function.
        """
        lines = self._lines(mutant)
        if mutant.in_function:
            lines = {mutant.file: range(mutant.outermost.lineno, (mutant.outermost.end_lineno or 0) + 1)}
        found = [self.early[file][line] for file, some in lines.items() for line in some if line in self.early[file]]
        return {number for numbers in found for number in numbers} if found else None

    def _outcome(self, ended: Ended[Trial]) -> Outcome:
        mutant = ended.task.mutant
        if ended.status > 0 or ended.status == -signal.SIGKILL:
            why = (ended.said.strip().splitlines() or ["killed from outside"])[-1]
            return Outcome(mutant, "not tried", why, seconds=ended.seconds)
        if ended.status < 0:
            return Outcome(mutant, "timeout" if ended.status in _TIME else "killed", "a crash", seconds=ended.seconds)
        if ended.result is None:
            return Outcome(mutant, "survived", "", len(ended.task.order), ended.task.left, ended.seconds)
        if ended.result == _IMPORT:
            return Outcome(mutant, "killed", "its import", seconds=ended.seconds)
        for key in (f"{mutant.file} {mutant.scope}", mutant.file):
            killers = self._killers.setdefault(key, {})
            killers.pop(ended.result, None)
            killers[ended.result] = None
        return Outcome(mutant, "killed", self.session.items[ended.result].nodeid, seconds=ended.seconds)


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _limit_time(seconds: float) -> None:
    """End this process by a signal when it takes longer: `seconds` of the processor, or several times that in all."""
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, GRACE_CLOCK_S + 4 * seconds)
