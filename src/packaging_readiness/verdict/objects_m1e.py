"""Closure objects: blocker register, transition receipt, handoff snapshot, and one snapshot per lane."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from packaging_readiness.contract.inventory import LANE_TITLES
from packaging_readiness.contract.lanes import LANES, Lane
from packaging_readiness.verdict.advice import advice
from packaging_readiness.verdict.ledger import BlockerState, Ledger
from packaging_readiness.verdict.parts import head, row_entries, status
from packaging_readiness.verdict.prose import drift

_HANDOFF = (
    "M1 becomes DONE in the master plan only after this bundle and by hand",
    "the closure note is appended to the implementation map by hand",
    "the action log is appended to the logbook by hand",
)


def closure_objects(ledger: Ledger, lanes: Mapping[Lane, str]) -> dict[str, dict[str, Any]]:
    """The objects of M1.E by name; every row of the ledger is decided."""
    objects = {
        "m1_closure_blocker_register": _register(ledger),
        "m1_build_go_transition_receipt": _receipt(ledger),
        "m1_handoff_readiness_snapshot": _handoff(ledger, lanes),
        **{f"{lane}_execution_snapshot": _lane(ledger, lane, lanes[lane]) for lane in LANES},
    }
    return {name: {**head(ledger, name), **content} for name, content in objects.items()}


def _passed(ledger: Ledger) -> bool:
    return all(result.held for result in ledger.results.values())


def _register(ledger: Ledger) -> dict[str, Any]:
    states = ledger.blockers()
    counts = Counter(state.severity for state in states if state.active)
    advisories = [
        {"check": row.id, "severity": row.severity, "status": status(ledger.results[row.id])}
        for row in ledger.rows
        if row.severity == "S3"
    ]
    counts["S3"] += sum(entry["status"] not in ("PASS", "WAIVED") for entry in advisories)
    acceptances = {entry.blocker: entry for entry in ledger.identity.carried.acceptances}
    waivers = ledger.identity.carried.waivers
    return {
        "blockers": [_blocker(ledger, state) for state in states],
        "advisories": advisories,
        "severity_counts": {name: counts[name] for name in ("S1", "S2", "S3")},
        "acceptances": [
            {"blocker_id": code, "owner": entry.owner, "reason": entry.reason} for code, entry in acceptances.items()
        ],
        "waivers": [{"check": w.check, "owner": w.owner, "reason": w.reason, "expires": w.expires} for w in waivers],
    }


def _blocker(ledger: Ledger, state: BlockerState) -> dict[str, Any]:
    checks = {row.id: row.check for row in ledger.rows}
    first, action = None, None
    if state.raised_by:
        first, ended = checks[state.raised_by[0]], ledger.results[state.raised_by[0]]
        action = advice(first, ended.outcome, ended.reason)
    active = "ACCEPTED" if state.accepted_by else "OPEN"
    settled = "DEFERRED" if state.deferred else "CLOSED"
    return {
        "blocker_id": state.code,
        "severity": state.severity,
        "owner_lane": state.lane,
        "detected_at_utc": ledger.identity.written_at_utc if state.active else None,
        "evidence_ref": f"{first.evidence}.json" if first else None,
        "raised_by": list(state.raised_by),
        "resolution_action": action,
        "resolution_status": active if state.active else settled,
        "deferred_checks": list(state.deferred),
    }


def _receipt(ledger: Ledger) -> dict[str, Any]:
    return {
        "image_tag": ledger.provenance("image_tag"),
        "image_digest": ledger.provenance("image_digest"),
        "build_driver": ledger.provenance("build_driver"),
        "registry_authority": ledger.fact("m1c.mismatch.tag-to-digest", "authority"),
        "workflow_run_id": ledger.identity.workflow_run_id,
        "workflow_run_url": ledger.identity.workflow_run_url,
        "preconditions": row_entries(ledger, "m1e.preconditions"),
        "no_go_conditions": row_entries(ledger, "m1e.no-go"),
        "user_confirmation": "pending",
        "transition_verdict": "PASS" if _passed(ledger) else "FAIL",
    }


def _handoff(ledger: Ledger, lanes: Mapping[Lane, str]) -> dict[str, Any]:
    states = [state for state in ledger.blockers() if state.active]
    passed = _passed(ledger)
    notes = [f"deferred: {row_id} ({result.deferral})" for row_id, result in ledger.results.items() if result.deferral]
    notes += [f"not held: {row_id} ({r.outcome}, {r.reason})" for row_id, r in ledger.results.items() if not r.held]
    notes += [f"{row_id}: {note}" for row_id, result in ledger.results.items() for note in result.notes]
    return {
        "m1_subphase_status": {LANE_TITLES[lane][-1]: lanes[lane] for lane in LANES},
        "active_blockers": [state.code for state in states],
        "m2_entry_gate_ready": passed,
        "registry_authority": ledger.fact("m1c.mismatch.tag-to-digest", "authority"),
        "build_driver": ledger.provenance("build_driver"),
        "image_digest": ledger.provenance("image_digest"),
        "contract": ledger.contract.name,
        "contract_digest": ledger.identity.contract_digest,
        "fail_closed": not passed,
        "user_confirmation": "pending",
        "notes": [*_HANDOFF, *drift(ledger, lanes), *notes],
    }


def _lane(ledger: Ledger, lane: Lane, verdict: str) -> dict[str, Any]:
    rows = ledger.lane(lane)
    codes = {row.blocker for row, result in rows if not result.held and row.blocker}
    return {
        "lane": LANE_TITLES[lane],
        "verdict": verdict,
        "overall_pass": verdict == "PASS",
        "active_blockers": sorted(codes),
        "outcomes": dict(sorted(Counter(result.outcome for _, result in rows).items())),
        "checks": [{"id": row.id, "status": status(result), "dod": row.check.dod} for row, result in rows],
    }
