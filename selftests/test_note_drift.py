"""Where the plan's prose and the evidence part there is a note with both quotes; it never touches the verdict."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.shapes import misshapen
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.prose import statements
from packaging_readiness.plugin.reference import CONTRACT
from packaging_readiness.verdict.prose import DRIFT, STILL_OPEN
from selftests import synthetic
from selftests.evidence_recipes import written
from selftests.in_process import changed_platform, run_lane
from selftests.main_job import TEMPLATE, command

SOURCE = "m1e.handoff.master-plan"
FAILED = "m1a.payload.default-deny"
PLAN = "docs/plan.md"


def claim(kind: str, title: str, status: str, lane: str = "M1", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "document": PLAN, "line": 7, "title": title, "lane": lane, "status": status} | more


def notes(report: dict[str, Any], *claims: dict[str, Any]) -> list[str]:
    """Notes on its plan's prose that the bundle of a report holds when the plan claims this."""
    handoff = synthetic.objects(synthetic.observe(report, SOURCE, rows=list(claims)))["m1_handoff_readiness_snapshot"]
    return [note for note in handoff["notes"] if note.startswith((DRIFT, STILL_OPEN))]


def passing() -> dict[str, Any]:
    return synthetic.good_report()


def failing() -> dict[str, Any]:
    return synthetic.fail_row(synthetic.good_report(), FAILED)


# What the prose claims, what it drifts from when lane A fails at box 4, and what shows it still open when everything
# holds (empty: nothing).
TABLE = [
    (claim("box", "[x] no payload", "DONE", "M1.A", index=4), f'"{FAILED}": "fail"', ""),
    (claim("box", "[ ] no payload", "OPEN", "M1.A", index=4), "", "checks holds"),
    (claim("box", "[x] strategy", "DONE", "M1.A", index=1), "", ""),
    (claim("verdict", "M1.A verdict: PASS", "DONE", "M1.A"), '"verdict": "FAIL"', ""),
    (claim("verdict", "M1.A verdict: FAIL", "OPEN", "M1.A"), "", '"verdict": "PASS"'),
    (claim("verdict", "M1.B verdict: PASS", "DONE", "M1.B"), "", ""),
    (claim("checklist", "[x] M1.A complete.", "DONE"), '"verdict": "FAIL"', ""),
    (claim("checklist", "[ ] M1.A complete.", "OPEN"), "", '"verdict": "PASS"'),
    (claim("checklist", "[x] M1 blockers resolved.", "DONE"), '"active_blockers": [M1-B5, M1A-B4', ""),
    (claim("checklist", "[ ] M1 blockers resolved.", "OPEN"), "", '"active_blockers": []'),
    (claim("checklist", "[ ] M1 closure note appended.", "OPEN"), "", ""),
    (claim("blocker", "M1A-B4: open - CLOSED", "DONE", id="M1A-B4"), '"M1A-B4": "OPEN"', ""),
    (claim("blocker", "M1A-B4: open", "OPEN", id="M1A-B4"), "", '"M1A-B4": "CLOSED"'),
    (claim("blocker", "M9-B9: open", "OPEN", id="M9-B9"), "", ""),
    (claim("sub-phase", "[x] M1.A freeze", "DONE", "M1.A"), '"verdict": "FAIL"', ""),
    (claim("phase", "M1: DONE", "DONE", id="M1"), '"transition_verdict": "FAIL"', ""),
    (claim("phase", "M1: ACTIVE", "OPEN", id="M1"), "", '"transition_verdict": "PASS"'),
    (claim("phase", "M2: ACTIVE", "DONE", id="M2"), '"m2_entry_gate_ready": false', ""),
    (claim("phase", "M2: NOT_STARTED", "OPEN", id="M2"), "", ""),
]


@pytest.mark.parametrize(
    ("said", "failed", "passed"), TABLE, ids=[f"{row[0]['kind']}-{i}" for i, row in enumerate(TABLE)]
)
def test_claim_is_compared_with_the_evidence(said: dict[str, Any], failed: str, passed: str) -> None:
    for report, told, kind in ((failing(), failed, DRIFT), (passing(), passed, STILL_OPEN)):
        found = notes(report, said)
        assert len(found) == (1 if told else 0), found
        if told:
            assert found[0].startswith(f'{kind}{PLAN}:7 says "{said["title"]}"; ')
            assert told in found[0]


@pytest.mark.parametrize("make", [passing, failing])
def test_drift_changes_no_result(make: Callable[[], dict[str, Any]]) -> None:
    silent = synthetic.adjudicated(make())
    loud = synthetic.adjudicated(synthetic.observe(make(), SOURCE, rows=[row[0] for row in TABLE]))
    assert {row_id: r.outcome for row_id, r in silent.results.items()} == {
        row_id: r.outcome for row_id, r in loud.results.items()
    }
    assert (silent.passed, silent.blockers) == (loud.passed, loud.blockers)


@settings(deadline=None, max_examples=15)
@given(st.recursive(st.none() | st.integers(0, 9) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)))
def test_claims_of_another_form_say_nothing(odd: Any) -> None:
    assert notes(passing(), {"kind": odd, "lane": odd, "status": "DONE", "title": odd, "index": odd, "id": odd}) == []


def test_long_claim_keeps_the_bundle_coherent(tmp_path: Path) -> None:
    long = TABLE[0][0] | {"title": "x" * 600, "document": "d" * 4096}
    folder = written(synthetic.bundle(synthetic.observe(failing(), SOURCE, rows=[long])), tmp_path)
    assert "coherent; verdict FAIL" in command("verify", folder).stdout


def test_note_shows_drift_and_says_when_there_is_none(tmp_path: Path) -> None:
    report = synthetic.observe(failing(), SOURCE, rows=[TABLE[0][0] | {"title": "[x] <b>no</b> payload"}])
    text = command("note", written(synthetic.bundle(report), tmp_path / "drift")).stdout
    assert '   - `docs/plan.md:7 says "[x] <b>no</b> payload"; m1a_execution_snapshot.json says ' in text
    clean = command("note", written(synthetic.bundle(passing()), tmp_path / "clean")).stdout
    assert "(outside the verdict):\n   - none\n" in clean


def test_note_says_in_one_line_for_each_document_what_is_left_to_mark(tmp_path: Path) -> None:
    claims = [row[0] | {"line": line} for line, row in enumerate(TABLE, 9) if row[2]]
    claims.append(claims[0] | {"document": "docs/<other>.md"})
    text = command(
        "note", written(synthetic.bundle(synthetic.observe(passing(), SOURCE, rows=claims)), tmp_path)
    ).stdout
    numbers = ", ".join(str(said["line"]) for said in claims[:-1])
    assert "(outside the verdict):\n   - none\n" in text
    assert f"   - to be marked by hand, because the evidence holds: `{PLAN}`, lines {numbers}\n" in text
    assert "   - to be marked by hand, because the evidence holds: `docs/<other>.md`, line 10\n" in text


def test_note_of_the_reference_platform_that_passes_is_calm(tmp_path: Path) -> None:
    contract, _ = load_contract(str(TEMPLATE / CONTRACT))
    said = statements(Platform(TEMPLATE, contract))
    text = command("note", written(synthetic.bundle(synthetic.observe(passing(), SOURCE, rows=said)), tmp_path)).stdout
    assert "(outside the verdict):\n   - none\n" in text
    assert text.count("to be marked by hand") == 2  # the plan, the master plan
    assert not re.search(r"&#?\w+;", text)


def test_every_formal_claim_of_the_plans_is_recorded_in_shapes_that_evidence_may_hold() -> None:
    contract, _ = load_contract(str(TEMPLATE / CONTRACT))
    said = statements(Platform(TEMPLATE, contract))
    assert list(misshapen({"rows": said})) == []
    kinds = {entry["kind"] for entry in said}
    assert kinds == {"box", "checklist", "verdict", "blocker", "sub-phase", "phase"}
    for entry in said:
        text = (TEMPLATE / entry["document"]).read_text().splitlines()[entry["line"] - 1]
        if entry["kind"] in ("box", "checklist"):
            assert text.startswith(f"- {entry['title'][:3]} ")
    assert {entry["id"]: entry["title"] for entry in said if entry["kind"] == "phase"} == {
        "M1": "M1: ACTIVE",
        "M2": "M2: NOT_STARTED",
    }


def test_plan_that_cannot_be_read_is_noted_and_leaves_this_check_alone(tmp_path: Path) -> None:
    contract, _ = load_contract(str(TEMPLATE / CONTRACT))

    def break_it(root: Path) -> None:
        (root / contract.documents.plan).write_text("# no plan\n")

    record = run_lane("m1e", changed_platform(tmp_path, break_it))[SOURCE]
    assert record.outcome == "pass"
    assert record.notes[0].startswith("the plan's prose was not compared: ")
