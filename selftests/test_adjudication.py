"""Preconditions and no-go conditions false one at a time and in every pair: what comes out is what was written down."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from packaging_readiness.verdict.adjudicate import Verdict
from selftests.adjudication_table import CONDITIONS, Expected, Outcome, changed, good_run, table

TABLE = table()
PAIRED = [row for row in TABLE if row.section == CONDITIONS]
CONTRACT = good_run().contract
ROWS = {
    **{condition.id: f"m1e.preconditions[{condition.id}]" for condition in CONTRACT.preconditions},
    **{condition.id: f"m1e.no-go[{condition.id}]" for condition in CONTRACT.no_go},
}
SEVERITY = {blocker.id: blocker.severity for blocker in CONTRACT.blockers}
ADVISORIES = {"m1a.advisory.base-pinned fails": 1, "m1a.advisory.base-pinned errors": 1}


def outcome(verdict: Verdict) -> Outcome:
    """What came out, read from the objects of the bundle."""
    receipt, register = (
        verdict.objects["m1_build_go_transition_receipt"],
        verdict.objects["m1_closure_blocker_register"],
    )
    conditions = [*receipt["preconditions"], *receipt["no_go_conditions"]]
    false = frozenset(entry["id"] for entry in conditions if entry["status"] != "PASS")
    active = [entry for entry in register["blockers"] if entry["resolution_status"] in ("OPEN", "ACCEPTED")]
    s1, s2 = (
        frozenset(entry["blocker_id"] for entry in active if entry["severity"] == severity) for severity in ("S1", "S2")
    )
    return Outcome(false, s1, s2)


def closure(verdict: Verdict) -> Mapping[str, Any]:
    """Everything that says go or no-go."""
    handoff = verdict.objects["m1_handoff_readiness_snapshot"]
    return {
        "passed": verdict.passed,
        "verdict": verdict.objects["m1_build_go_transition_receipt"]["transition_verdict"],
        "gate": handoff["m2_entry_gate_ready"],
        "fail_closed": handoff["fail_closed"],
        "counts": verdict.objects["m1_closure_blocker_register"]["severity_counts"],
        "active": handoff["active_blockers"],
    }


def no_go(expected: Outcome, advisories: int = 0) -> Mapping[str, Any]:
    """What everything says when the outcome is this one, which is not empty."""
    active = [code for code in SEVERITY if code in expected.s1 | expected.s2]
    return {
        "passed": False,
        "verdict": "FAIL",
        "gate": False,
        "fail_closed": True,
        "counts": {"S1": len(expected.s1), "S2": len(expected.s2), "S3": advisories},
        "active": active,
    }


def test_table_covers_every_condition_and_every_way_to_make_it_false() -> None:
    named = {(condition.id, name) for condition in conditions() for name in (*condition.checks, *condition.blockers)}
    covered = set()
    for row in TABLE:
        verdict = changed(row.change)
        red = {check.check.id for check in verdict.run.rows if not verdict.results[check.id].held}
        active = {state.code for state in verdict.blockers if state.active}
        covered |= {(condition, name) for condition in row.outcome.false for name in red | active}
    assert named - covered == set()
    assert {condition for row in TABLE for condition in row.outcome.false} == set(ROWS)
    assert {code for row in TABLE for code in row.outcome.s1 | row.outcome.s2} == set(SEVERITY)


def conditions() -> list[Any]:
    return [*CONTRACT.preconditions, *CONTRACT.no_go]


def test_the_table_has_the_severities_of_the_contract() -> None:
    for row in TABLE:
        assert {SEVERITY[code] for code in row.outcome.s1} <= {"S1"}
        assert {SEVERITY[code] for code in row.outcome.s2} <= {"S2"}


def test_everything_holds_in_the_good_run() -> None:
    verdict = changed()
    assert outcome(verdict) == Outcome()
    assert closure(verdict) == {
        "passed": True,
        "verdict": "PASS",
        "gate": True,
        "fail_closed": False,
        "counts": {"S1": 0, "S2": 0, "S3": 0},
        "active": [],
    }


@pytest.mark.parametrize("row", TABLE, ids=[row.change for row in TABLE])
def test_one_change_alone(row: Expected) -> None:
    verdict = changed(row.change)
    assert outcome(verdict) == row.outcome
    assert closure(verdict) == no_go(row.outcome, ADVISORIES.get(row.change, 0))


@pytest.mark.parametrize("first", range(len(PAIRED) - 1), ids=[row.change for row in PAIRED[:-1]])
def test_two_changes_together(first: int) -> None:
    """One test for each change with all that stand below it, so that every pair is there once."""
    one = PAIRED[first]
    for other in PAIRED[first + 1 :]:
        verdict = changed(one.change, other.change)
        expected = one.outcome | other.outcome
        assert outcome(verdict) == expected, other.change
        assert closure(verdict) == no_go(expected), other.change


def test_every_pair_of_conditions_is_among_the_pairs() -> None:
    pairs = {frozenset((a, b)) for x, y in combinations(PAIRED, 2) for a in x.outcome.false for b in y.outcome.false}
    assert {frozenset(pair) for pair in combinations(ROWS, 2)} <= pairs


@pytest.mark.parametrize("row", TABLE, ids=[row.change for row in TABLE])
def test_a_master_plan_that_says_done_contradicts_every_open_blocker(row: Expected) -> None:
    done = "m1e.handoff.master-plan observes m1_status = DONE"
    assert changed(done).passed
    expected = row.outcome | Outcome(s2=frozenset({"M1E-B5"}))
    verdict = changed(done, row.change)
    assert outcome(verdict) == expected
    assert closure(verdict) == no_go(expected, ADVISORIES.get(row.change, 0))


@pytest.mark.parametrize("row", TABLE, ids=[row.change for row in TABLE])
def test_every_active_blocker_has_the_fields_that_the_plan_requires(row: Expected) -> None:
    verdict = changed(row.change)
    lanes = {blocker.id: blocker.lane for blocker in CONTRACT.blockers}
    for entry in verdict.objects["m1_closure_blocker_register"]["blockers"]:
        active = entry["blocker_id"] in row.outcome.s1 | row.outcome.s2
        assert entry["resolution_status"] == "OPEN" if active else entry["resolution_status"] in ("CLOSED", "DEFERRED")
        assert entry["severity"] == SEVERITY[entry["blocker_id"]]
        assert entry["owner_lane"] == lanes[entry["blocker_id"]]
        for field in ("detected_at_utc", "evidence_ref", "resolution_action"):
            assert bool(entry[field]) == active, (entry["blocker_id"], field)
        assert bool(entry["raised_by"]) == active
