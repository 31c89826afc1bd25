"""One run: the tests are collected, run once without any change, and then on each mutant."""

import ast
import gc
import importlib
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tools.mutation.affinity import Affinity
from tools.mutation.explained import ALIVE
from tools.mutation.forks import run_forked
from tools.mutation.model import Mutant
from tools.mutation.reach import Reach, Tracing, measure
from tools.mutation.readers import Readers
from tools.mutation.swap import Process
from tools.mutation.tests import collect
from tools.mutation.trials import Outcome, Trials

if TYPE_CHECKING:
    import pytest

EVERY_S = 10.0
# What tests import while they run is imported once, before the forks; of foreign packages only, not of our own.
_LATE = ("boto3", "moto.s3.models", "moto.ecr.responses", "hypothesis.strategies", "re2", "rfc8785")
_OWN = ("packaging_readiness", "selftests", "tools", "test_", "tests_m1", "conftest")


class NothingTold(Exception):
    """The run could not tell anything: a test fails without any change, or a mutant could not be tried."""


@dataclass(slots=True)
class Run:
    """What is run: mutants of the suite at `root`, with the tests in some files, `jobs` at a time. `sources` are all
    files of the package; `say` takes a line of progress. Of a file of tests only those are used that begin within
    `patience_s` of its processor time. No mutant is begun after `until` (of the monotonic clock). `seconds` says how
    long each file took without any change.
    """

    root: Path
    mutants: Sequence[Mutant]
    tests: Sequence[Path]
    sources: Sequence[str]
    jobs: int
    say: Callable[[str], None]
    patience_s: float = math.inf
    until: float = math.inf
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def go(self) -> list[Outcome]:
        """What became of every mutant. Raises NothingTold."""
        tracing = Tracing(self.root, self.sources, number=0)  # before anything of the package is imported
        if not collect(self.tests, lambda session: self._in(session, tracing)):
            raise NothingTold("the tests could not be collected, or the run broke off; see above")
        return self.outcomes

    def _in(self, session: "pytest.Session", tracing: Tracing) -> None:
        _import_foreign(_LATE)
        for file in sorted({mutant.file for mutant in self.mutants}):  # some are imported in the midst of a test only
            importlib.import_module(file.removeprefix("src/").removesuffix(".py").replace("/", "."))
        process = Process(self.root)
        process.warm_up(tracing.running)
        early = tracing.stop()
        trees = {file: ast.parse((self.root / file).read_text(encoding="utf-8")) for file in self.sources}
        folder = Path(tempfile.mkdtemp(prefix="mutants."))
        gc.collect()
        gc.freeze()  # so that forked processes share what they only read
        try:
            reach = self._measured(session, process, folder)
            _import_foreign(name for name, count in reach.imported.items() if count > 1)
            gc.freeze()
            self._try(Trials(session, process, reach, early, Readers(trees), Affinity(session.items)), folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _measured(self, session: "pytest.Session", process: Process, folder: Path) -> Reach:
        """Which tests run what; a file of tests at a time."""
        by_file: dict[Path, list[int]] = {}
        for number, item in enumerate(session.items):
            by_file.setdefault(item.path, []).append(number)
        self.say(f"{len(session.items)} tests in {len(by_file)} files, first without any change")

        def work(numbers: list[int], place: Path) -> Reach:
            process.forget()  # so that whoever needs what is remembered is seen to reach it
            return measure(session, numbers, Tracing(self.root, self.sources), place, self.patience_s)

        reach, told = Reach(), time.monotonic()
        for ended in run_forked(list(by_file.values()), work, self.jobs, folder):
            if ended.status:
                raise NothingTold(f"{session.items[ended.task[0]].path.name} ended with {ended.status}: {ended.said}")
            reach.add(ended.result)
            self.seconds[session.items[ended.task[0]].path.name] = round(ended.seconds, 1)
            if time.monotonic() - told >= EVERY_S:
                told = time.monotonic()
                self.say(f"{len(reach.seconds)} of {len(session.items)} tests")
        if reach.failed:
            raise NothingTold(f"{len(reach.failed)} tests fail without any change: {reach.failed[0]}")
        return reach

    def _try(self, trials: Trials, folder: Path) -> None:
        self.say(f"{len(self.mutants)} mutants; the tests take {sum(trials.reach.seconds.values()):.0f} s without one")
        told = time.monotonic()
        for outcome in trials.run(self._in_time(trials), self.jobs, folder):
            self.outcomes.append(outcome)
            if time.monotonic() - told >= EVERY_S:
                told = time.monotonic()
                alive = sum(each.ending in ALIVE for each in self.outcomes)
                self.say(f"{len(self.outcomes)} of {len(self.mutants)}, {alive} survive; {outcome.mutant.place}")

    def _in_time(self, trials: Trials) -> Iterator[Mutant]:
        """The mutants that some test reaches, as long as there is time; the others end here."""
        for mutant in self.mutants:
            if time.monotonic() > self.until:
                return
            if trials.not_covered(mutant):
                self.outcomes.append(Outcome(mutant, "not covered"))
            else:
                yield mutant


def _import_foreign(names: Iterable[str]) -> None:
    """Import what several tests import when they run, so that not every forked process has to."""
    for name in names:
        if not name.startswith(_OWN):
            with suppress(ImportError):  # a part that only its own package can import
                importlib.import_module(name)
