"""Claims of the plan's prose against a ledger of a few rows: which evidence answers which kind of claim."""

from collections.abc import Mapping
from typing import Any

import pytest

from packaging_readiness.contract.lanes import Lane
from packaging_readiness.verdict.prose import drift
from selftests.small_ledgers import Held, active, held, ledger, seen

SOURCE = "m1e.handoff.master-plan"
PASS: Mapping[Lane, str] = {"m1a": "PASS", "m1b": "PASS", "m1c": "PASS", "m1d": "PASS", "m1e": "PASS"}
FAIL_B: Mapping[Lane, str] = {**PASS, "m1b": "FAIL"}


def claim(kind: str, status: str, title: str = "t", lane: str = "M1", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "document": "p.md", "line": 7, "title": title, "lane": lane, "status": status, **more}


def notes(claims: Any, *rows: Held, lanes: Mapping[Lane, str] = PASS) -> list[str]:
    return drift(ledger(seen(SOURCE, rows=claims), *rows), lanes)


def told(said: Mapping[str, Any], *rows: Held, lanes: Mapping[Lane, str] = PASS) -> str:
    """The note without the claim itself; empty where prose and evidence agree, or where nothing can be told."""
    found = notes([said], *rows, lanes=lanes)
    return found[0].replace('p.md:7 says "t"; ', "") if found else ""


BOX = (held("m1b.x.one", check={"dod": 2}), held("m1b.x.two", "deferred", check={"dod": 2}))
RED = held("m1b.x.three", "error", check={"dod": 2})
RED_TOO = held("m1b.x.four", "fail", check={"dod": 2})
ELSEWHERE = (held("m1b.y.one", "fail", check={"dod": 3}), held("m1c.y.one", "fail", check={"dod": 2}))
SNAPSHOT = "m1b_execution_snapshot.json says "


@pytest.mark.parametrize(
    ("status", "lane", "index", "rows", "note"),
    [
        ("OPEN", "M1.B", 2, BOX, f"still open: {SNAPSHOT}each of its 2 checks holds"),
        ("DONE", "M1.B", 2, (*BOX, *ELSEWHERE), ""),
        ("DONE", "M1.B", 2, (*BOX, RED, RED_TOO), f'drift: {SNAPSHOT}"m1b.x.three": "error"'),
        ("OPEN", "M1.B", 2, (*BOX, RED), ""),
        ("DONE", "M1.B", 1, (*BOX, RED), ""),
        ("OPEN", "M1.B", 1, BOX, ""),
        ("OPEN", "M1.B", None, BOX, ""),
        ("DONE", "M1", 2, (*BOX, RED), ""),
        ("DONE", "M1.F", 2, (*BOX, RED), ""),
    ],
)
def test_box_is_answered_by_its_own_checks(
    status: str, lane: str, index: int | None, rows: tuple[Held, ...], note: str
) -> None:
    assert told(claim("box", status, lane=lane, index=index), *rows) == note


@pytest.mark.parametrize("kind", ["verdict", "sub-phase"])
@pytest.mark.parametrize(
    ("status", "lane", "note"),
    [
        ("DONE", "M1.B", f'drift: {SNAPSHOT}"verdict": "FAIL"'),
        ("OPEN", "M1.B", ""),
        ("DONE", "M1.C", ""),
        ("OPEN", "M1.C", 'still open: m1c_execution_snapshot.json says "verdict": "PASS"'),
        ("DONE", "M1", ""),
        ("OPEN", "M1.F", ""),
        ("", "M1.E", 'still open: m1e_execution_snapshot.json says "verdict": "PASS"'),
    ],
)
def test_verdict_of_a_lane_is_answered_by_its_snapshot(kind: str, status: str, lane: str, note: str) -> None:
    assert told(claim(kind, status, lane=lane), lanes=FAIL_B) == note


@pytest.mark.parametrize("kind", ["phase", "blocker", "note", "box"])
@pytest.mark.parametrize("status", ["DONE", "OPEN"])
def test_claim_of_another_kind_is_not_answered_by_the_lane_it_stands_in(kind: str, status: str) -> None:
    for lanes in (PASS, FAIL_B):
        assert "m1b_execution_snapshot" not in told(claim(kind, status, lane="M1.B", id="M1"), lanes=lanes)


@pytest.mark.parametrize(
    ("kind", "title", "found"),
    [
        ("checklist", "[x] M1.B complete.", True),
        ("checklist", "[ ] M1.B complete", True),
        ("checklist", "[x] M1.B completed", False),
        ("checklist", "[x] M1.F complete", False),
        ("checklist", "[xx] M1.B complete", False),
        ("checklist", " [x] M1.B complete", False),
        ("note", "[x] M1.B complete", False),
        ("checklist", "[x] M1.A complete", False),
    ],
)
def test_checklist_of_a_lane_is_answered_by_its_snapshot(kind: str, title: str, found: bool) -> None:
    made = notes([claim(kind, "DONE", title, lane="M1.A")], lanes=FAIL_B)
    assert made == ([f'drift: p.md:7 says "{title}"; {SNAPSHOT}"verdict": "FAIL"'] if found else [])


HANDOFF, RECEIPT = "m1_handoff_readiness_snapshot.json says ", "m1_build_go_transition_receipt.json says "


@pytest.mark.parametrize(
    ("title", "status", "codes", "note"),
    [
        ("[x] M1 blockers resolved", "DONE", ("M1A-B1",), f'drift: {HANDOFF}"active_blockers": [M1-B5, M1A-B1]'),
        ("[ ] M1 blockers resolved.", "OPEN", (), f'still open: {HANDOFF}"active_blockers": []'),
        ("[x] M1 blockers resolved", "DONE", (), ""),
        ("[ ] M1 blockers resolved", "OPEN", ("M1A-B1",), ""),
        ("[x] M1 blockers resolvedly", "DONE", ("M1A-B1",), ""),
        ("[x] all M1 blockers resolved", "DONE", ("M1A-B1",), ""),
        ("as [x] M1 blockers resolved", "DONE", ("M1A-B1",), ""),
    ],
)
def test_checklist_of_the_blockers_is_answered_by_those_that_are_active(
    title: str, status: str, codes: tuple[str, ...], note: str
) -> None:
    made = notes([claim("checklist", status, title)], *active(*codes))
    assert [each.replace(f'p.md:7 says "{title}"; ', "") for each in made] == ([note] if note else [])
    assert notes([claim("box", status, title)], *active(*codes)) == []


@pytest.mark.parametrize(
    ("said", "lanes", "note"),
    [
        (claim("phase", "DONE", id="M1"), FAIL_B, f'drift: {RECEIPT}"transition_verdict": "FAIL"'),
        (claim("phase", "DONE", id="M1"), PASS, ""),
        (claim("phase", "OPEN", id="M1"), PASS, f'still open: {RECEIPT}"transition_verdict": "PASS"'),
        (claim("phase", "OPEN", id="M1"), FAIL_B, ""),
        (claim("phase", "DONE", id="M2"), FAIL_B, f'drift: {HANDOFF}"m2_entry_gate_ready": false'),
        (claim("phase", "DONE", id="M2"), PASS, ""),
        (claim("phase", "OPEN", id="M2"), PASS, ""),
        (claim("phase", "OPEN", id="M2"), FAIL_B, ""),
    ],
)
def test_phase_is_answered_by_the_verdict_on_all_lanes(
    said: Mapping[str, Any], lanes: Mapping[Lane, str], note: str
) -> None:
    assert told(said, lanes=lanes) == note


REGISTER = "m1_closure_blocker_register.json says "


@pytest.mark.parametrize(
    ("code", "status", "note"),
    [
        ("M1A-B1", "DONE", f'drift: {REGISTER}"M1A-B1": "OPEN"'),
        ("M1A-B1", "OPEN", ""),
        ("M1B-B1", "OPEN", f'still open: {REGISTER}"M1B-B1": "DEFERRED"'),
        ("M1B-B1", "DONE", ""),
        ("M1C-B1", "OPEN", f'still open: {REGISTER}"M1C-B1": "CLOSED"'),
        ("M9-B1", "DONE", ""),
        (None, "DONE", ""),
    ],
)
def test_blocker_is_answered_by_the_register(code: str | None, status: str, note: str) -> None:
    rows = (*active("M1A-B1"), held("m1b.x.one", "deferred"))
    assert told(claim("blocker", status, id=code), *rows) == note


@pytest.mark.parametrize("claims", [None, "x", {"kind": "phase"}, [], ["x", None, 3], [{}], [claim("other", "DONE")]])
def test_prose_of_another_form_says_nothing(claims: Any) -> None:
    assert notes(claims, *active("M1A-B1"), lanes=FAIL_B) == []


def test_notes_stand_in_the_order_of_the_claims_and_are_cut() -> None:
    said = [claim("phase", "DONE", "x" * 301, id="M1"), "odd", claim("verdict", "DONE", lane="M1.B")]
    said[0]["document"] = "d" * 301  # type: ignore[index]
    first, second = notes(said, lanes=FAIL_B)
    assert first.startswith(f'drift: {"d" * 300}:7 says "{"x" * 300}"; ')
    assert second == f'drift: p.md:7 says "t"; {SNAPSHOT}"verdict": "FAIL"'
    assert drift(ledger(), FAIL_B) == []
