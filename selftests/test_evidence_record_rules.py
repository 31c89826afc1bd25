"""The rules about the run record, each asked about one report, time or duration at a time."""

from typing import Any

import pytest

from packaging_readiness.evidence.rules_record import record_problems
from selftests.stored_facts import IMAGE, ROWS, facts, held, row, told
from selftests.synthetic_facts import RUN_ID, WRITTEN_AT

RECORD = "run_record.json"
ROW, ADJUDICATED = "m1c.push.role-permission", "m1e.handoff.gate"
BUILT, DRIVER = "m1c.provenance.field[build_completed_at_utc]", "m1c.provenance.field[build_driver]"
BEFORE, AFTER, LATER = "2026-02-22T19:48:48Z", "2026-02-22T19:48:50Z", "2026-02-22T19:48:51Z"


def report(**other: Any) -> dict[str, Any]:
    content = {
        "digest": "sha256:" + "0" * 64,
        "nonce": "n",
        "exit_code": 0,
        "checks": 0,
        "written_at_utc": WRITTEN_AT,
        "finished_at_utc": AFTER,
    }
    return {**content, **other}


def problems(reports: Any, *results: Any, **more: Any) -> list[tuple[str, str]]:
    """What is wrong with a record of these reports beside results of which nothing but these was reported."""
    given = {entry["id"] for entry in results}
    unreported = [row(each.id, "not_run", reason="no-result") for each in ROWS if each.id not in given]
    record = {"platform_run_id": RUN_ID, "reports": reports, **more.pop("record", {})}
    return told(record_problems(record, facts(*results, *unreported, **more)))


def test_a_record_that_fits_has_no_problem() -> None:
    assert problems([report()]) == []
    timed = {"durations_s": {ROW: 0}, "measured": {ROW: {"duration_s": 1}}}
    assert problems([report(checks=1)], held(ROW), record=timed) == []


def test_a_record_of_another_run_is_told() -> None:
    assert problems([report()], record={"platform_run_id": "another_run"}) == [("run-id-differs", RECORD)]


@pytest.mark.parametrize("reports", [None, [], "x", ["x"], {"digest": 1}], ids=repr)
def test_a_record_without_a_report_is_told_and_nothing_more_of_it(reports: Any) -> None:
    assert problems(reports, record={"durations_s": {"x": -1}}) == [("report-malformed", RECORD)]


def test_what_is_no_report_is_left_out() -> None:
    assert problems([report(), "x"]) == []


@pytest.mark.parametrize("key", ["digest", "nonce"])
def test_each_report_stands_there_once(key: str) -> None:
    one, other = report(), report(digest="sha256:" + "1" * 64, nonce="m")
    assert problems([one, other]) == []
    assert problems([one, {**other, key: one[key]}]) == [("report-doubled", RECORD)]


@pytest.mark.parametrize(
    ("written", "finished", "expected"),
    [
        (WRITTEN_AT, WRITTEN_AT, []),
        (AFTER, LATER, ["time-in-future"]),
        (BEFORE, AFTER, ["report-stale"]),
        (WRITTEN_AT, BEFORE, ["end-before-start"]),
        (AFTER, WRITTEN_AT, ["time-in-future", "end-before-start"]),
        (None, AFTER, ["time-malformed"]),
        (WRITTEN_AT, None, ["time-malformed"]),
        ("2026-02-22T19:48:49", "2026-02-22", ["time-naive"]),
        ("2026-02-22T19:48:49+00:00", "2026-02-22", ["time-not-utc", "time-naive"]),
    ],
)
def test_a_report_is_of_the_time_of_its_run(written: Any, finished: Any, expected: list[str]) -> None:
    found = problems([report(written_at_utc=written, finished_at_utc=finished)])
    assert found == [(code, RECORD) for code in expected]


def test_one_report_of_the_time_of_the_run_is_enough() -> None:
    other = report(digest="d", nonce="m", written_at_utc=BEFORE, finished_at_utc=BEFORE)
    assert problems([other, report()]) == []
    later = report(digest="e", nonce="o", written_at_utc=AFTER, finished_at_utc=AFTER)
    assert problems([report(), later]) == [("time-in-future", RECORD)]


def test_times_are_not_compared_with_a_run_that_has_none() -> None:
    for now in ("2026-02-22", None):
        assert problems([report(written_at_utc=LATER)], run={"written_at_utc": now}) == []


def build(completed: Any, driver: str, origin: str | None, finished: str = LATER) -> list[tuple[str, str]]:
    results = (held(BUILT, build_completed_at_utc=completed), held(DRIVER, build_driver=driver))
    timed = {"durations_s": {BUILT: 1, DRIVER: 1}}
    image = None if origin is None else {**IMAGE, "origin": origin}
    reports = [report(checks=2, finished_at_utc=AFTER), report(digest="d", nonce="m", finished_at_utc=finished)]
    return problems(reports, *results, record=timed, image=image)


@pytest.mark.parametrize(
    ("completed", "driver", "origin", "holds"),
    [
        (WRITTEN_AT, "github_actions", "given", True),
        (AFTER, "github_actions", "given", False),
        (AFTER, "github_actions", "built-by-suite", False),
        (AFTER, "local_engine", "given", False),
        (AFTER, "local_engine", None, False),
        (AFTER, "local_engine", "built-by-suite", True),
        (LATER, "local_engine", "built-by-suite", True),
        ("2026-02-22T19:48:52Z", "local_engine", "built-by-suite", False),
        ("2027-02-22", "github_actions", "given", True),
        (None, "github_actions", "given", True),
    ],
)
def test_the_image_was_built_before_the_run_or_by_it(
    completed: Any, driver: str, origin: str | None, holds: bool
) -> None:
    """The last end of all reports counts; what is no time is told by other rules."""
    assert build(completed, driver, origin) == ([] if holds else [("written-before-built", BUILT)])


@pytest.mark.parametrize(
    ("exit_codes", "code"),
    [
        ([0], None),
        ([1], None),
        ([0, 1], None),
        ([2], "report-malformed"),
        ([0, 4], "report-malformed"),
        ([3], "report-stale"),
        ([2, 3], "report-stale"),
        (["3"], None),
        ([True], None),
        ([3.0], None),
    ],
    ids=repr,
)
def test_a_report_of_a_run_that_broke_down_proves_nothing(exit_codes: list[Any], code: str | None) -> None:
    reports = [report(exit_code=ended, digest=str(n), nonce=str(n)) for n, ended in enumerate(exit_codes)]
    record = {"platform_run_id": RUN_ID, "reports": reports}
    expected = [] if code is None else [(code, RECORD)]
    for outcome in ("pass", "deferred", "waived"):
        assert told(record_problems(record, facts(row(ADJUDICATED, outcome)))) == [
            *expected, *count_differs()
        ]  # fmt: skip
    red = [] if code != "report-stale" else expected
    assert told(record_problems(record, facts(row(ADJUDICATED), row("m1e.x", "fail")))) == [*red, *count_differs()]


def count_differs() -> list[tuple[str, str]]:
    """What is told where no test of the inventory was reported: first the sum, then each of them."""
    tests = sorted(each.id for each in ROWS if each.check.decided_by == "test")
    return [("report-count-differs", RECORD), *(("report-count-differs", row_id) for row_id in tests)]


@pytest.mark.parametrize(
    ("checks", "holds"), [([1], True), ([0], False), ([2], False), ([1, 0], True), ([1, "1"], True), ([True], False)]
)
def test_the_reports_hold_as_many_checks_as_there_are_results(checks: list[Any], holds: bool) -> None:
    reports = [report(checks=count, digest=str(n), nonce=str(n)) for n, count in enumerate(checks)]
    found = problems(reports, held(ROW), record={"durations_s": {ROW: 0.5}})
    assert found == ([] if holds else [("report-count-differs", RECORD)])


def test_what_is_timed_has_a_result_of_a_test_and_the_other_way_round() -> None:
    assert problems([report(checks=1)], held(ROW)) == [("report-count-differs", ROW)]
    for kind in ("durations_s", "measured"):
        timed = {"durations_s": {ROW: 1}, "measured": {}}
        timed[kind] = {**timed[kind], "no.such.row": 1, ADJUDICATED: 1}
        assert problems([report(checks=1)], held(ROW), held(ADJUDICATED), record=timed) == [
            ("report-of-unknown-check", ADJUDICATED),
            ("report-of-unknown-check", "no.such.row"),
        ]


@pytest.mark.parametrize(
    ("seconds", "holds"), [(0, True), (0.0, True), (-1, False), (-0.5, False), ("-1", True), (None, True)]
)  # fmt: skip
def test_nothing_takes_less_than_no_time(seconds: Any, holds: bool) -> None:
    found = problems([report(checks=1)], held(ROW), record={"durations_s": {ROW: seconds}})
    assert found == ([] if holds else [("end-before-start", ROW)])
