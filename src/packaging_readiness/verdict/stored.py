"""A run as a bundle stores it: the way back from `check_results.json` to what was merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from packaging_readiness.contract.decode import decode_foreign
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.model import Contract
from packaging_readiness.verdict.coherence import refuse_contradictions
from packaging_readiness.verdict.header import Identity
from packaging_readiness.verdict.merge import MergedRun
from packaging_readiness.verdict.results import Outcome, Result, Told, refuse_image

RESULTS = "check_results.json"


@dataclass(frozen=True, slots=True)
class StoredResult(Told):
    """One entry of `check_results.json`."""

    id: str
    lane: str
    dod: int
    severity: str
    blocker: str | None
    decided_by: str
    outcome: Outcome
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """The content of `check_results.json`."""

    object: Literal["check_results"]
    object_version: Literal[1]
    phase_id: str
    verdict: Literal["PASS", "FAIL"]
    run: Identity
    image: Mapping[str, Any] | None
    results: tuple[StoredResult, ...]

    def __post_init__(self) -> None:
        refuse_image(self.image)


def stored_run(
    data: object, contract: Contract, contract_data: Mapping[str, Any], rows: tuple[CheckRow, ...]
) -> MergedRun:
    """The merged run that `check_results.json` came from: adjudicated rows dropped, waivers taken back.

    Raises InputRefused for a malformed file, a row that the inventory lacks, or a row that stands there twice.
    """
    stored = decode_foreign(StoredRun, data, RESULTS)
    known = {row.id: row for row in rows}
    results: dict[str, Result] = {}
    seen: set[str] = set()
    for entry in stored.results:
        if entry.id not in known or entry.id in seen:
            problem = "stands there twice" if entry.id in seen else "is not in the inventory"
            raise InputRefused(RESULTS, f"{entry.id!r} {problem}")
        seen.add(entry.id)
        if known[entry.id].check.decided_by == "test":
            results[entry.id] = _result(entry)
    missing = [row_id for row_id in known if row_id not in seen]
    if missing:
        raise InputRefused(RESULTS, f"{missing[0]!r} is missing" + _and_more(len(missing)))
    refuse_contradictions(dict.fromkeys(results, RESULTS), stored.run, stored.image, results)
    return MergedRun(stored.run, contract, contract_data, rows, stored.image, results)


def _and_more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""


def _result(entry: StoredResult) -> Result:
    outcome: Outcome = "fail" if entry.outcome == "waived" else entry.outcome
    return Result(
        entry.id,
        outcome,
        entry.reason,
        entry.expected,
        entry.found,
        entry.observation,
        entry.notes,
        entry.deferral,
        entry.withheld,
    )
