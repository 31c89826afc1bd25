"""What is known so far while one run is adjudicated: results by row, and which blockers they raise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.lanes import Lane
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.shapes import permitted
from packaging_readiness.verdict.header import Identity
from packaging_readiness.verdict.merge import MergedRun
from packaging_readiness.verdict.results import Result, not_run


@dataclass(frozen=True, slots=True)
class BlockerState:
    """One blocker code: the rows that raise it (none: not active), the acceptance on record, if any, and the rows
    behind the code that are deferred by name.
    """

    code: str
    severity: str
    lane: str
    raised_by: tuple[str, ...]
    accepted_by: str | None
    deferred: tuple[str, ...]

    @property
    def active(self) -> bool:
        """Whether the code blocks."""
        return bool(self.raised_by)


@dataclass(slots=True)
class Ledger:
    """Results in the order of the inventory. Rules read it; only the adjudicator adds to it."""

    identity: Identity
    contract: Contract
    rows: tuple[CheckRow, ...]
    image: Mapping[str, Any] | None
    results: dict[str, Result]
    _by_check: dict[str, list[CheckRow]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_check = {}
        for row in self.rows:
            self._by_check.setdefault(row.check.id, []).append(row)

    @classmethod
    def of(cls, run: MergedRun) -> "Ledger":
        """The ledger of `run` before anything was adjudicated: rows of tests without a result are not_run."""
        tested = (row for row in run.rows if row.check.decided_by == "test")
        results = {row.id: _admissible(run.results.get(row.id) or not_run(row.id), run.contract) for row in tested}
        image = permitted(run.image)[0] if run.image else None
        return cls(run.identity, run.contract, run.rows, image, results)

    def of_check(self, check_id: str) -> list[tuple[CheckRow, Result]]:
        """Rows of one check with their results so far."""
        rows = self._by_check.get(check_id, ())
        return [(row, self.results[row.id]) for row in rows if row.id in self.results]

    def not_held(self, check_ids: Sequence[str]) -> tuple[str, ...]:
        """Rows of these checks that do not hold."""
        return tuple(row.id for name in check_ids for row, result in self.of_check(name) if not result.held)

    def lane(self, lane: Lane) -> list[tuple[CheckRow, Result]]:
        """Rows of one lane with their results so far."""
        return [(row, self.results[row.id]) for row in self.rows if row.check.lane == lane and row.id in self.results]

    def fact(self, row_id: str, name: str) -> Any:
        """One observed fact, or None when the row did not record it."""
        result = self.results.get(row_id)
        return None if result is None else result.observation.get(name)

    def provenance(self, field: str) -> Any:
        """One provenance field as it was observed, or None."""
        return self.fact(f"m1c.provenance.field[{field}]", field)

    def blockers(self) -> tuple[BlockerState, ...]:
        """Every blocker code, with the rows that raise it as far as results are in."""
        accepted = {entry.blocker: entry.owner for entry in self.identity.carried.acceptances}
        red = [row for row in self.rows if row.id in self.results and not self.results[row.id].held]
        put_off = [row for row in self.rows if row.id in self.results and self.results[row.id].outcome == "deferred"]
        states = []
        for blocker in self.contract.blockers:
            raised = tuple(row.id for row in red if row.blocker == blocker.id or row.check.lane in blocker.rollup)
            deferred = tuple(row.id for row in put_off if row.blocker == blocker.id)
            state = BlockerState(blocker.id, blocker.severity, blocker.lane, raised, accepted.get(blocker.id), deferred)
            states.append(state)
        return tuple(states)

    def active(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Those of `codes` that are active."""
        return tuple(state.code for state in self.blockers() if state.active and state.code in codes)


def _admissible(result: Result, contract: Contract) -> Result:
    """`result` without what evidence may not hold; a deferral that the contract does not name is no deferral."""
    if result.deferral is not None and result.deferral not in {row.id for row in contract.deferrals}:
        result = replace(result, outcome="error", reason="deferral-not-in-contract", deferral=None)
    kept, problems = permitted(result.observation)
    return replace(result, observation=kept, withheld=problems) if problems else result
