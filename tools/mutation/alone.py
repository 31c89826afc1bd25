"""Weakened checks that ask nothing but the files of a checkout: run alone, on platforms that are made once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging_readiness.contract.lanes import LANES
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests import in_process
from selftests.fault_expectations import Expected, read_expected
from selftests.fault_recipes import Fault, apply, baselines, names, read_fault
from tools.mutation.forks import run_forked
from tools.mutation.swap import Process
from tools.mutation.trials import Outcome
from tools.mutation.weak import Weak

Case = tuple[str, Platform, Expected]


def can_alone() -> frozenset[str]:
    """The checks that ask nothing but the files of a checkout."""
    return frozenset(in_process.check_ids(LANES))


class Alone:
    """Platforms without a fault, and with each of the faults that are in their files; made below `folder`.

    Raises RuntimeError when a check does not end on one as expected.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self._can = can_alone()
        self._process = Process(root)
        self._cases: dict[str, list[Case]] = {check: [] for check in self._can}
        for name in sorted(baselines()):
            self._prepare(Fault(wrong="nothing", on=name, name=name), Expected(), folder)
        for fault in map(read_fault, names()):
            if fault.in_platform:
                self._prepare(fault, read_expected(fault.name), folder)

    def _prepare(self, fault: Fault, expected: Expected, folder: Path) -> None:
        stated = {row.partition("[")[0] for row in expected.stated()}
        concerned = sorted(stated & self._can if stated else self._can)
        if not concerned:
            return
        (folder / fault.name).mkdir()
        steps = (*baselines()[fault.on].steps, *fault.steps)
        root = in_process.changed_platform(folder / fault.name, lambda root: apply(steps, root))
        case = (fault.name, Platform(root, load_contract(str(root / CONTRACT))[0]), expected)
        for check in concerned:
            if _differs(check, case):
                raise RuntimeError(f"{check} does not end as expected on {fault.name}, without any change")
            self._cases[check].append(case)

    def noticed(self, weak: Weak, _place: Path) -> str:
        """In a process of its own: the platform that shows the change; empty if none does."""
        self._process.switch_on(weak.mutant)
        for check in sorted(weak.checks & self._can):
            for case in self._cases[check]:
                try:
                    if _differs(check, case):
                        return case[0]
                except Exception:  # a check that breaks down is an error, and errors are red
                    return case[0]
        return ""


def _differs(check: str, case: Case) -> bool:
    _, platform, expected = case
    records = in_process.run_checks(check.partition(".")[0], platform, {check})
    return in_process.endings(records) != expected.red(records)


def alone(weak: Sequence[Weak], root: Path, jobs: int, folder: Path) -> Iterator[Outcome]:
    """What becomes of each change. Raises RuntimeError when one could not be made."""
    checks = Alone(root, folder)
    for ended in run_forked(weak, checks.noticed, jobs, folder):
        mutant = ended.task.mutant
        if ended.status:
            raise RuntimeError(f"{mutant.place}: {mutant.change}: {ended.said}")
        yield Outcome(mutant, "killed" if ended.result else "survived", ended.result, seconds=ended.seconds)
