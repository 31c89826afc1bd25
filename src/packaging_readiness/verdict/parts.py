"""Pieces that several evidence objects share."""

from collections.abc import Sequence
from typing import Any

from packaging_readiness.verdict.ledger import Ledger
from packaging_readiness.verdict.results import Result

STATUS = {"pass": "PASS", "waived": "WAIVED", "deferred": "DEFERRED", "fail": "FAIL", "error": "ERROR"}


def status(result: Result) -> str:
    """The outcome as evidence objects write it."""
    return STATUS.get(result.outcome, "NOT_RUN")


def head(ledger: Ledger, name: str) -> dict[str, Any]:
    """What every object starts with: its name and the identity of the run."""
    return {
        "object": name,
        "object_version": 1,
        "phase_id": ledger.contract.phase_id,
        "platform_run_id": ledger.identity.platform_run_id,
        "git_sha": ledger.identity.git_sha,
        "written_at_utc": ledger.identity.written_at_utc,
    }


def row_entries(ledger: Ledger, check_id: str) -> list[dict[str, Any]]:
    """One entry per row of a check: row id, status, reason code, and what was observed."""
    entries = []
    for row, result in ledger.of_check(check_id):
        entry: dict[str, Any] = dict(result.observation)
        row_id = row.row.id if row.row else row.id
        entry |= {"id": row_id, "status": status(result), "reason_code": result.reason or "held"}
        if result.notes:
            entry["notes"] = list(result.notes)
        entries.append(entry)
    return entries


def verdict_of(ledger: Ledger, object_name: str) -> str:
    """PASS when every row that feeds the object holds, FAIL otherwise."""
    results = [ledger.results.get(row.id) for row in ledger.rows if row.check.evidence == object_name]
    return "PASS" if all(result is None or result.held for result in results) else "FAIL"


def check_verdict(ledger: Ledger, check_ids: Sequence[str]) -> str:
    """PASS when every row of these checks holds, FAIL otherwise (also when one of them has no result)."""
    known = all(ledger.of_check(name) for name in check_ids)
    return "PASS" if known and not ledger.not_held(check_ids) else "FAIL"


def active_codes(ledger: Ledger, prefixes: tuple[str, ...]) -> list[str]:
    """Active blocker codes that start with one of `prefixes`."""
    return [state.code for state in ledger.blockers() if state.active and state.code.startswith(prefixes)]
