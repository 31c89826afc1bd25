"""The rules about the stored decision, each asked about one verdict, waiver or acceptance at a time."""

from typing import Any

import pytest

from packaging_readiness.evidence.rules_decision import decision_problems
from selftests.stored_facts import facts, row, told

RESULTS = "check_results.json"
ADVISORY, OTHER, BLOCKS = "m1a.advisory.base-pinned", "m1a.advisory.non-root-user", "m1c.push.role-permission"
WAIVER = {"check": ADVISORY, "owner": "release lead", "reason": "next month", "expires": "2026-02-22"}
ACCEPTANCE = {"blocker": "M1D-B1", "owner": "release lead", "reason": "known"}
DAY = "2026-02-22"  # on which the run was written


def problems(*results: Any, waivers: Any = (), acceptances: Any = (), **more: Any) -> list[tuple[str, str]]:
    carried = {"waivers": list(waivers), "acceptances": list(acceptances)}
    return told(decision_problems(facts(*results, run={"carried": carried}, **more)))


@pytest.mark.parametrize("outcome", ["fail", "error", "not_run", "passed", None])
def test_no_pass_over_a_row_that_does_not_hold(outcome: Any) -> None:
    rows = (row("m1a.x"), row("m1b.x", outcome))
    assert problems(*rows, verdict="PASS") == [("pass-with-open-blocker", RESULTS)]
    assert problems(*rows, verdict="FAIL") == []


@pytest.mark.parametrize("outcome", ["pass", "deferred"])
def test_a_pass_where_every_row_holds(outcome: str) -> None:
    assert problems(row("m1a.x", outcome), verdict="PASS") == []


def test_three_of_the_open_rows_are_named() -> None:
    rows = [row(f"m1a.x{number}", "fail") for number in range(5)]
    (problem,) = decision_problems(facts(*rows, verdict="PASS"))
    assert [f"x{number}" in problem.cause for number in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize("field", ["owner", "reason"])
@pytest.mark.parametrize("value", [None, "", " \t", 5, ["me"]], ids=repr)
def test_who_waives_and_why_must_be_said(field: str, value: Any) -> None:
    expected = f"waiver-{field}-missing"
    assert problems(waivers=[{**WAIVER, field: value}]) == [(expected, ADVISORY)]
    assert problems(acceptances=[{**ACCEPTANCE, field: value}]) == [(expected, "M1D-B1")]


@pytest.mark.parametrize(
    "day",
    [None, 20260222, "", "2026-02-30", "2026-13-01", "2026-2-2", "20260222", "02026-02-22", "2026-02-22T00:00:00Z",
     "2026-02-22\n", "2026-02-2a"],
    ids=repr,
)  # fmt: skip
def test_a_waiver_ends_on_a_day_and_an_acceptance_does_not(day: Any) -> None:
    assert problems(waivers=[{**WAIVER, "expires": day}]) == [("waiver-malformed", ADVISORY)]
    assert problems(acceptances=[{**ACCEPTANCE, "expires": day}]) == []
    # What is no day cannot have passed.
    assert problems(row(ADVISORY, "waived"), waivers=[{**WAIVER, "expires": day}]) == [("waiver-malformed", ADVISORY)]


def test_what_is_waived_or_accepted_is_so_once() -> None:
    assert problems(waivers=[WAIVER, {**WAIVER, "check": OTHER}]) == []
    assert problems(waivers=[WAIVER, WAIVER]) == [("waiver-doubled", ADVISORY)]
    assert problems(acceptances=[ACCEPTANCE, {**ACCEPTANCE, "reason": "x"}]) == [("waiver-doubled", "M1D-B1")]
    assert problems(acceptances=[ACCEPTANCE, {**ACCEPTANCE, "blocker": "M1D-B2"}]) == []


@pytest.mark.parametrize(
    ("expires", "expected"),
    [("2026-02-21", [("waiver-expired", ADVISORY)]), (DAY, []), ("2026-02-23", []), ("2027-01-01", [])],
)
def test_a_waiver_holds_until_its_last_day(expires: str, expected: list[tuple[str, str]]) -> None:
    waived = row(ADVISORY, "waived")
    assert problems(waived, waivers=[{**WAIVER, "expires": expires}]) == expected
    assert problems(row(ADVISORY, "fail"), waivers=[{**WAIVER, "expires": expires}]) == []


def test_only_an_advisory_is_waived_and_only_by_somebody() -> None:
    assert problems(row(ADVISORY, "waived"), waivers=[WAIVER]) == []
    assert problems(row(ADVISORY, "waived"), waivers=[{**WAIVER, "check": OTHER}]) == [("waiver-missing", ADVISORY)]
    for row_id in (BLOCKS, "m1e.workflow.dispatchable", "no.such.row"):
        waiver = {**WAIVER, "check": row_id}
        assert problems(row(row_id, "waived"), waivers=[waiver]) == [("waiver-not-allowed", row_id)]
    both = (row(BLOCKS, "fail"), row(ADVISORY, "waived"))
    assert problems(*both) == [("waiver-missing", ADVISORY)]


@pytest.mark.parametrize("carried", [None, [], {"waivers": None, "acceptances": 5}, {"waivers": ["x", None]}], ids=repr)
def test_what_is_no_list_of_waivers_waives_nothing(carried: Any) -> None:
    asked = facts(row(ADVISORY, "waived"), run={"carried": carried})
    assert told(decision_problems(asked)) == [("waiver-missing", ADVISORY)]
