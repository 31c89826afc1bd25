"""The rules about time, each asked about one time or one pair of times."""

from typing import Any

import pytest

from packaging_readiness.evidence.rules_time import time_fault, time_problems, times_in
from selftests.stored_facts import facts, held, row, told

NOW, BEFORE, AFTER = "2026-02-22T19:48:49Z", "2026-02-22T19:48:48Z", "2026-02-22T19:48:50Z"
WRITTEN, BUILT = "m1c.provenance.field[written_at_utc]", "m1c.provenance.field[build_completed_at_utc]"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (NOW, None),
        ("2024-02-29T00:00:00Z", None),
        ("2026-02-29T00:00:00Z", "time-malformed"),
        ("12026-02-22T19:48:49Z", "time-malformed"),
        ("026-02-22T19:48:49Z", "time-malformed"),
        ("2026-02-22T19:48:49Z\n", "time-malformed"),
        (None, "time-malformed"),
        (1771789729, "time-malformed"),
        ("2026-02-22", "time-naive"),
        ("02026-02-22", "time-malformed"),
        ("2026-02-22T19:48", "time-naive"),
        ("2026-02-22 19:48:49", "time-naive"),
        ("2026-02-22T19:48:49.5", "time-naive"),
        ("2026-02-22T19:48:49.123456", "time-naive"),
        ("2026-02-22T19:48:49.", "time-malformed"),
        ("2026-02-22T19", "time-malformed"),
        ("2026-02-22T", "time-malformed"),
        ("2026-02-22_19:48:49", "time-malformed"),
        ("2026-02-22T19:48:49 about", "time-malformed"),
        ("2026-02-22T19:48Z", "time-not-utc"),
        ("2026-02-22t19:48:49z", "time-not-utc"),
        ("2026-02-22 19:48:49Z", "time-not-utc"),
        ("2026-02-22T19:48:49.5Z", "time-not-utc"),
        ("2026-02-22T19:48:49.25Z", "time-not-utc"),
        ("2026-02-22T19:48:49.Z", "time-malformed"),
        ("2026-02-22T19:48:49+01:00", "time-not-utc"),
        ("2026-02-22T19:48:49-0100", "time-not-utc"),
        ("2026-02-22T19:48:49+01", "time-malformed"),
        ("2026-02-22T19:48:49+01:00:00", "time-malformed"),
        ("12026-02-22T19:48:49+01:00", "time-malformed"),
        ("2026-02-22+01:00", "time-malformed"),
    ],
    ids=repr,
)
def test_each_form_of_a_time_has_its_code(value: Any, code: str | None) -> None:
    assert time_fault(value) == code


@pytest.mark.parametrize(
    ("now", "code"), [(None, "time-malformed"), (5, "time-malformed"), ("2026-02-22", "time-naive")]
)  # fmt: skip
def test_without_the_time_of_the_run_no_other_is_judged(now: Any, code: str) -> None:
    asked = facts(held("m1a.x", started_at_utc="yesterday"), run={"written_at_utc": now})
    assert told(time_problems(asked)) == [(code, "check_results.json")]


@pytest.mark.parametrize("row_id", [WRITTEN, BUILT])
def test_a_time_of_provenance_that_holds_has_a_value(row_id: str) -> None:
    assert told(time_problems(facts(held(row_id)))) == [("provenance-missing", row_id)]
    assert told(time_problems(facts(row(row_id, "error")))) == []
    field = row_id.partition("[")[2].removesuffix("]")
    assert told(time_problems(facts(held(row_id, **{field: NOW})))) == []


def test_times_that_rows_observed_are_judged_whatever_became_of_the_row() -> None:
    found = time_problems(
        facts(
            row("m1a.a", "fail", observation={"seen_at_utc": AFTER}),
            held("m1a.b", pushed_at_utc="2026-02-22"),
            row("m1a.c", observation=[{"pushed_at_utc": "2026-02-22"}]),
            row("m1a.d", observation=None),
            held("m1a.e", build_completed_at_utc=AFTER),
            held("m1a.f", build_completed_at_utc="2026-02-22"),
        )
    )
    assert told(found) == [("time-in-future", "m1a.a"), ("time-naive", "m1a.b"), ("time-naive", "m1a.f")]


def codes(value: Any, *past: str) -> list[str]:
    return [code for code, _ in told(times_in(value, "m1a.x", NOW, past))]


@pytest.mark.parametrize("key", ["pushed_at_utc", "_at_utc", "a.at_at_utc"])
def test_what_is_a_time_by_its_key_is_judged(key: str) -> None:
    assert codes({key: NOW}) == []
    assert codes({key: BEFORE}) == []
    assert codes({key: AFTER}) == ["time-in-future"]
    assert codes({key: AFTER}, key) == []
    assert codes({key: "2026-02-22"}) == ["time-naive"]
    assert codes({key: "2026-02-22"}, key) == ["time-naive"]
    assert codes({key: 5}) == ["time-malformed"]
    assert codes({key: None}) == []


@pytest.mark.parametrize("key", ["utc", "at_utc", "pushed_at_utc_", "pushed_at_utcs", "_at_utc.seen", "specified"])
def test_what_is_no_time_by_its_key_is_not(key: str) -> None:
    assert codes({key: "yesterday"}) == []


def test_times_are_found_at_any_depth() -> None:
    assert codes([{"a": [[{"b": {"seen_at_utc": AFTER}}]]}]) == ["time-in-future"]
    assert codes([{"seen_at_utc": AFTER}, "x", 5, None, [{"seen_at_utc": AFTER}]]) == ["time-in-future"] * 2
    assert codes({"a": [{"build_completed_at_utc": AFTER}]}, "build_completed_at_utc") == []
    assert codes({"seen_at_utc": {"other_at_utc": AFTER}}) == ["time-in-future"]
    assert codes("seen_at_utc") == codes(None) == codes(["x"]) == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("started_at_utc", "completed_at_utc"),
        ("started_at_utc", "ended_at_utc"),
        ("started_at_utc", "finished_at_utc"),
        ("build_started_at_utc", "build_completed_at_utc"),
    ],
)
def test_nothing_ends_before_it_starts(start: str, end: str) -> None:
    assert codes({start: NOW, end: BEFORE}) == ["end-before-start"]
    assert codes({start: BEFORE, end: BEFORE}) == codes({start: BEFORE, end: NOW}) == []
    assert codes({start: NOW}) == codes({end: BEFORE}) == []
    assert codes({start: 5, end: 4}) == ["time-malformed", "time-malformed", "end-before-start"]
