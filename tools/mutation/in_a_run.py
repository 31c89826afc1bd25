"""Weakened checks that need an image, a registry or a pack: each in the main job on one fault after another."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from selftests.fault_expectations import Expected, read_expected
from selftests.fault_pool import run_all
from selftests.fault_recipes import Fault, baselines, names, read_fault
from selftests.fault_runs import run_fault, warm_up
from tools.mutation.forks import run_forked
from tools.mutation.model import Mutant
from tools.mutation.swap import Process
from tools.mutation.trials import Outcome
from tools.mutation.weak import Weak

MOST_FAULTS = 6
UNBROKEN = Fault(wrong="nothing", on="reference", name="reference")


class SwitchOn:
    """A pytest plugin that changes a check as soon as it is collected."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        self._root, self._mutant = root, mutant
        self.done = False

    def pytest_collection_finish(self) -> None:
        """Change it."""
        Process(self._root).switch_on(self._mutant)
        self.done = True


def candidates(weak: Weak) -> list[Fault]:
    """Faults that should notice the change, the likeliest first; in the end the platform without a fault."""
    said = ast.unparse(weak.mutant.statement)
    found = []
    for fault in map(read_fault, names()):
        stated = read_expected(fault.name).stated()
        reasons = {reason for row, (_, reason) in stated.items() if row.partition("[")[0] in weak.checks}
        if reasons and fault.report is None:
            spoken = any(repr(reason) in said for reason in reasons)
            found.append((fault.pack is None, not spoken, len(stated), fault.name, fault))
    likely = [entry[-1] for entry in sorted(found, key=lambda entry: entry[:-1])][:MOST_FAULTS]
    return [*likely, UNBROKEN]


@dataclass(frozen=True, slots=True)
class Runs:
    """Main jobs of the suite at `root`; `folder` holds the unbroken ones."""

    root: Path
    folder: Path

    def noticed(self, task: tuple[Weak, Fault], place: Path) -> str:
        """In a process of its own: the fault, if the run on it shows the change; otherwise nothing."""
        weak, fault = task
        plugin = SwitchOn(self.root, weak.mutant)
        vars(pytest)["main"] = partial(pytest.main, plugins=[plugin])
        outcome = run_fault(fault, place / "run", self.folder)
        if not plugin.done:
            raise RuntimeError(f"{fault.name}: the check could not be changed: {outcome.problem}")
        if fault.name == UNBROKEN.name:  # here a check that saw too little must be missed
            return fault.name if outcome.problem or outcome.red else ""
        rows = [row for row in outcome.rows if row.partition("[")[0] in weak.checks]
        red = {row: ending for row, ending in outcome.red.items() if row in rows}
        return fault.name if outcome.problem or red != read_expected(fault.name).red(rows) else ""

    def unbroken(self, names: Sequence[str], jobs: int) -> None:
        """Run the platforms without a fault. Raises RuntimeError when one does not pass."""
        faults = [Fault(wrong=baselines()[name].title, on=name, name=name) for name in names]
        for fault, outcome in run_all(faults, self.folder, jobs):
            for difference in outcome.differences(Expected()):
                raise RuntimeError(f"{fault.name} is without a fault and does not pass: {difference.text}")


def in_a_run(weak: Sequence[Weak], root: Path, jobs: int, folder: Path) -> Iterator[Outcome]:
    """What becomes of each change, as soon as a fault notices it. Raises RuntimeError when one could not be made."""
    runs = Runs(root, folder)
    waiting = {each: candidates(each) for each in weak}
    warm_up()
    runs.unbroken(sorted({"reference"}.union(fault.on for faults in waiting.values() for fault in faults)), jobs)
    tries = folder / "tries"
    tries.mkdir()
    while waiting:
        for each in [each for each, faults in waiting.items() if not faults]:
            del waiting[each]
            yield Outcome(each.mutant, "survived")
        tasks = [(each, faults.pop(0)) for each, faults in waiting.items()]
        for ended in run_forked(tasks, runs.noticed, jobs, tries):
            each, _ = ended.task
            if ended.status:
                raise RuntimeError(f"{each.mutant.place}: {each.mutant.change}: {ended.said}")
            if ended.result:
                del waiting[each]
                yield Outcome(each.mutant, "killed", ended.result, seconds=ended.seconds)
