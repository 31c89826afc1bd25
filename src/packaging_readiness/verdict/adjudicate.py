"""The verdict: one pure function of a merged run. No clock, no network, no environment, no file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from packaging_readiness.contract.lanes import LANES, Lane
from packaging_readiness.verdict.ledger import BlockerState, Ledger
from packaging_readiness.verdict.merge import MergedRun
from packaging_readiness.verdict.objects import draft_objects
from packaging_readiness.verdict.objects_m1e import closure_objects
from packaging_readiness.verdict.results import Result
from packaging_readiness.verdict.rules import decide, in_order


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of M1 for one run.

    `results` has every row of the inventory in its order; `lanes` says PASS or FAIL for each lane; `objects` are
    the evidence objects as plain JSON values, by name.
    """

    run: MergedRun
    results: Mapping[str, Result]
    blockers: tuple[BlockerState, ...]
    lanes: Mapping[Lane, str]
    objects: Mapping[str, Mapping[str, Any]]

    @property
    def passed(self) -> bool:
        """Whether every row is pass, deferred or waived."""
        return all(result.held for result in self.results.values())


def adjudicate(run: MergedRun) -> Verdict:
    """Decide every row that is about results or about the bundle's own objects, and build the objects."""
    ledger = observed(run)
    for row in in_order(run.rows):
        ledger.results[row.id] = decide(row, ledger)
    results = {row.id: ledger.results[row.id] for row in run.rows}
    lanes: dict[Lane, str] = {
        lane: "PASS" if all(result.held for _, result in ledger.lane(lane)) else "FAIL" for lane in LANES
    }
    objects = {**draft_objects(ledger), **closure_objects(ledger, lanes)}
    return Verdict(run, results, ledger.blockers(), lanes, objects)


def observed(run: MergedRun) -> Ledger:
    """What the run's tests came to, waivers applied, before anything is decided from it."""
    ledger = Ledger.of(run)
    _waive(ledger)
    return ledger


def _waive(ledger: Ledger) -> None:
    """Turn failed S3 advisories with a valid waiver into waived ones. Expiry is judged at written_at_utc."""
    today = ledger.identity.written_at_utc[:10]
    waivers = {waiver.check: waiver for waiver in ledger.identity.carried.waivers if waiver.expires >= today}
    for row in ledger.rows:
        waiver = waivers.get(row.id)
        result = ledger.results.get(row.id)
        if waiver is not None and row.severity == "S3" and result is not None and result.outcome == "fail":
            ledger.results[row.id] = replace(result, outcome="waived")
