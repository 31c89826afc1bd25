"""Where the plan's prose and the evidence part, as notes with both quotes. It never touches the verdict.

Prose that claims more than was proved drifts. Prose that is still open where the evidence holds is what a closing phase
looks like: boxes and statuses are marked by hand, after the bundle.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.inventory import LANE_TITLES
from packaging_readiness.contract.lanes import LANES, Lane
from packaging_readiness.verdict.ledger import Ledger

SOURCE = "m1e.handoff.master-plan"
DRIFT = "drift: "
STILL_OPEN = "still open: "
_LANE_OF: Mapping[str, Lane] = {LANE_TITLES[lane]: lane for lane in LANES}
_COMPLETE = re.compile(r"\[.\] (M1\.[A-E]) complete\b")
_RESOLVED = re.compile(r"\[.\] M1 blockers resolved\b")
_SHOWN = 300
_REGISTER = "m1_closure_blocker_register.json"


def drift(ledger: Ledger, lanes: Mapping[Lane, str]) -> list[str]:
    """One note per claim of the prose that is not what the evidence says, in the order of the documents."""
    claims = ledger.fact(SOURCE, "rows")
    notes = (_compared(claim, ledger, lanes) for claim in claims) if isinstance(claims, list) else ()
    return [note for note in notes if note]


def _compared(claim: Any, ledger: Ledger, lanes: Mapping[Lane, str]) -> str | None:
    """The note, or None where prose and evidence agree or the evidence cannot tell."""
    if not isinstance(claim, Mapping):
        return None
    for done, quote in _evidence(claim, ledger, lanes):
        if done != (claim.get("status") == "DONE"):
            document, title = (str(claim.get(name))[:_SHOWN] for name in ("document", "title"))
            return f'{STILL_OPEN if done else DRIFT}{document}:{claim.get("line")} says "{title}"; {quote}'
    return None


def _evidence(claim: Mapping[str, Any], ledger: Ledger, lanes: Mapping[Lane, str]) -> Iterator[tuple[bool, str]]:
    """At most one pair: whether the evidence says done, and the evidence's own words."""
    kind, title = claim.get("kind"), str(claim.get("title"))
    lane = _LANE_OF.get(str(claim.get("lane")))
    complete = _COMPLETE.match(title) if kind == "checklist" else None
    if complete is not None:
        lane, kind = _LANE_OF[complete[1]], "sub-phase"
    if kind == "box" and lane is not None:
        yield from _box(lane, claim.get("index"), ledger)
    elif kind in ("verdict", "sub-phase") and lane is not None:
        yield lanes[lane] == "PASS", f'{lane}_execution_snapshot.json says "verdict": "{lanes[lane]}"'
    elif kind == "phase":
        yield from _phase(claim, passed=all(verdict == "PASS" for verdict in lanes.values()))
    elif kind == "blocker":
        yield from _blocker(claim.get("id"), ledger)
    elif kind == "checklist" and _RESOLVED.match(title):
        active = [state.code for state in ledger.blockers() if state.active]
        yield not active, f'm1_handoff_readiness_snapshot.json says "active_blockers": [{", ".join(active)}]'


def _box(lane: Lane, index: Any, ledger: Ledger) -> Iterator[tuple[bool, str]]:
    rows = [(row, result) for row, result in ledger.lane(lane) if row.check.dod == index]
    red = [(row, result) for row, result in rows if not result.held]
    if rows:
        told = f'"{red[0][0].id}": "{red[0][1].outcome}"' if red else f"each of its {len(rows)} checks holds"
        yield not red, f"{lane}_execution_snapshot.json says {told}"


def _phase(claim: Mapping[str, Any], *, passed: bool) -> Iterator[tuple[bool, str]]:
    if claim.get("id") == "M1":
        yield passed, f'm1_build_go_transition_receipt.json says "transition_verdict": "{"PASS" if passed else "FAIL"}"'
    elif claim.get("status") == "DONE":  # M2 that has not begun contradicts nothing
        yield passed, f'm1_handoff_readiness_snapshot.json says "m2_entry_gate_ready": {"true" if passed else "false"}'


def _blocker(code: Any, ledger: Ledger) -> Iterator[tuple[bool, str]]:
    for state in ledger.blockers():
        if state.code == code:
            status = "OPEN" if state.active else "DEFERRED" if state.deferred else "CLOSED"
            yield not state.active, f'{_REGISTER} says "{state.code}": "{status}"'
