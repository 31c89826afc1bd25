"""What a fault must turn red, as its `expect.yaml` states it, and how that compares with what a run found."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.contract.source import read_mapping, typed
from selftests.fault_recipes import FOLDER
from selftests.main_job import SUITE

Red = Mapping[str, tuple[str, str]]
"""Outcome (fail, error, not_run) and reason code of every row that did not hold, by row id."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Rows with their reason codes: those of checks that fail, that could not tell, and that have no result; and
    `decided`, what the adjudicator makes of them. `check[*]` stands for every row of a check that is not named.

    `no_image` is the reason why there is no image: then every check that needs one could not tell.
    `blocker` is the code that the fault is about (none for an advisory), `active` are all codes that are then active.
    `says` are texts that the findings hold, `advises` texts that the advice holds.
    """

    active: tuple[str, ...] = ()
    blocker: str | None = None
    fail: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    no_image: str | None = None
    not_run: tuple[str, ...] = ()
    decided: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    advises: tuple[str, ...] = ()

    def stated(self) -> dict[str, tuple[str, str]]:
        """Outcome and reason by row as they are written, `check[*]` not yet taken apart."""
        failed = {row: ("fail", reason) for row, reason in {**self.fail, **self.decided}.items()}
        errors = {row: ("error", reason) for row, reason in self.error.items()}
        if self.no_image is not None:
            needing = (check for check in packaged_checks() if check.needs)
            errors |= {f"{check.id}[*]" if check.rows else check.id: ("error", self.no_image) for check in needing}
        return failed | errors | dict.fromkeys(self.not_run, ("not_run", "no-result"))

    def red(self, rows: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Outcome and reason of each of `rows` that must be red."""
        stated = self.stated()
        found = {row: stated.get(row) or stated.get(row.partition("[")[0] + "[*]") for row in rows}
        return {row: ending for row, ending in found.items() if ending is not None}

    def seen_in(self, rows: Container[str]) -> bool:
        """Whether all checks that see the fault itself are among these rows, and so everything that they say."""
        return self.no_image is None and all(row in rows for row in (*self.fail, *self.error) if "[*]" not in row)

    def reasons(self) -> frozenset[str]:
        """Every reason code that is expected somewhere."""
        return frozenset(reason for _, reason in self.stated().values())


def read_expected(name: str) -> Expected:
    """The expectation of one fault. Raises InputRefused (`path:line: what is wrong`) or CannotTell."""
    path = FOLDER / name / "expect.yaml"
    shown = path.relative_to(SUITE).as_posix()
    return typed(Expected, read_mapping(path, shown), path, shown)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row or code that is otherwise than expected. `missed`: it had to be red; otherwise it is collateral."""

    missed: bool
    text: str


def differences(wanted: Red, found: Red) -> Iterator[Difference]:
    """Rows that are red on one side only, and rows that are red for another reason (missed and collateral at once)."""
    for row in sorted(wanted.keys() | found.keys()):
        mine, theirs = wanted.get(row), found.get(row)
        if mine is not None and mine != theirs:
            yield Difference(True, f"{row}: {' '.join(mine)}" + (f", and it was {' '.join(theirs)}" if theirs else ""))
        elif mine is None and theirs is not None:
            yield Difference(False, f"{row}: {' '.join(theirs)}")


def code_differences(wanted: Iterable[str], found: Iterable[str]) -> Iterator[Difference]:
    """Blocker codes that are active on one side only."""
    mine, theirs = set(wanted), set(found)
    yield from (Difference(True, f"{code} is not active") for code in sorted(mine - theirs))
    yield from (Difference(False, f"{code} is active") for code in sorted(theirs - mine))


def unsaid(texts: Iterable[str], said: str) -> Iterator[Difference]:
    """Texts that had to be said and were not."""
    yield from (Difference(True, f"nothing says {text!r}") for text in texts if text not in said)
