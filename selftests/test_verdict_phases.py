"""What a report's tests come to: each phase, what the check recorded, and the report's form, one at a time."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.report import read_report
from packaging_readiness.verdict.results import Result
from selftests.small_reports import content, ran, read
from selftests.synthetic_facts import IMAGE_DIGEST

OTHER_DIGEST = "sha256:" + "5e" * 32


def refusal(*tests: Any, **changes: Any) -> str:
    with pytest.raises(InputRefused) as refused:
        read(*tests, **changes)
    assert refused.value.place.startswith("r.json")
    return refused.value.cause


FAILED, ERROR = {"outcome": "fail", "reason": "why"}, {"outcome": "error", "reason": "why"}
LATER = {"deferral": "later"}


@pytest.mark.parametrize(
    ("test", "outcome", "reason"),
    [
        (ran(), "pass", ""),
        (ran(reason="why"), "pass", "why"),
        (ran(**LATER), "deferred", "later"),
        (ran(reason="why", **LATER), "pass", "why"),
        (ran(call="failed", ended="failed", **FAILED), "fail", "why"),
        (ran(call="failed", ended="failed", **FAILED, **LATER), "fail", "why"),
        (ran(call="failed", ended="failed", **ERROR), "error", "why"),
        (ran(call="failed", ended="failed"), "error", "outcome-contradicts-record"),
        (ran(call="failed", ended="failed", **LATER), "error", "outcome-contradicts-record"),
        (ran(**FAILED), "error", "why"),
        (ran(**ERROR), "error", "why"),
        (ran(ended="failed"), "error", "outcome-contradicts-record"),
        (ran(ended="failed", outcome="pass", reason="why"), "error", "why"),
        (ran(call="failed"), "error", "outcome-contradicts-record"),
        (ran(outcome="passed"), "error", "outcome-contradicts-record"),
        (ran(setup="failed", ended="error"), "error", "set-up-or-tear-down"),
        (ran(setup="failed", ended="error", **FAILED), "error", "why"),
        (ran(teardown="failed", ended="error"), "error", "set-up-or-tear-down"),
        (ran(teardown="failed", call="failed", **FAILED), "error", "why"),
        (ran(setup="skipped", call=None), "not_run", "skipped"),
        (ran(call="skipped", **FAILED), "not_run", "skipped"),
        (ran(teardown="skipped", call=None), "not_run", "skipped"),
        (ran(call=None), "not_run", "interrupted"),
        (ran(setup=None), "not_run", "interrupted"),
        (ran(teardown=None), "not_run", "interrupted"),
        (ran(call=None, **FAILED), "not_run", "interrupted"),
        (ran(call=None, **ERROR), "error", "why"),
        (ran(call="xfailed"), "error", "outcome-contradicts-record"),
        (ran(call="failed", ended="failed", outcome="fail"), "fail", ""),
    ],
)
def test_outcome_is_what_all_phases_and_the_record_say(test: Any, outcome: str, reason: str) -> None:
    (result,) = read(test).results
    assert (result.outcome, result.reason) == (outcome, reason)
    assert result.deferral == ("later" if outcome == "deferred" else None)


def test_phase_that_is_no_mapping_is_no_phase() -> None:
    (result,) = read({**ran(), "call": "passed"}).results
    assert (result.outcome, result.reason) == ("not_run", "interrupted")
    assert read({**ran(), "call": [1]}).durations == {"m1a.x.one": 1.0}


def test_result_holds_what_the_check_recorded() -> None:
    (result,) = read(ran()).results
    assert result == Result("m1a.x.one", "pass", "", "it holds", (), observation={"exit_code": 0}, notes=("a note",))


def test_durations_and_measurements_are_kept_by_check() -> None:
    call = {"outcome": "passed", "duration": 0.0000016}
    tests = [ran(call=call, measured={"a": 1}), ran(call={"outcome": "passed"}, check="m1a.x.two")]
    report = read(*tests)
    assert report.durations == {"m1a.x.one": 1.000002, "m1a.x.two": 1.0}
    assert report.measured == {"m1a.x.one": {"a": 1}}


def test_durations_are_rounded_to_a_millionth() -> None:
    call = {"outcome": "passed", "duration": 0.00000049}
    assert read(ran(call=call)).durations == {"m1a.x.one": 1.0}


@pytest.mark.parametrize("name", ["setup", "call", "teardown"])
@pytest.mark.parametrize(
    ("seconds", "taken"),
    [(0, True), (2678399.5, True), (2678400, False), (-1, False), (True, False), ("1", False), (None, False)],
)
def test_duration_of_a_phase_is_a_number_of_seconds_below_a_month(name: str, seconds: Any, taken: bool) -> None:
    test = ran()
    test[name]["duration"] = seconds
    if taken:
        assert read(test).durations["m1a.x.one"] == 1.0 + seconds
    else:
        assert f"m1a.x.one: the duration of its {name} " in refusal(test)


def test_image_is_the_one_that_the_checks_used() -> None:
    used, other = {"digest": IMAGE_DIGEST, "user": "1"}, {"digest": OTHER_DIGEST, "user": "1"}
    named = [ran(check=f"m1a.x.{n}", image=image) for n, image in enumerate((None, used, None, used))]
    assert read(*named).image == used
    assert read(named[0]).image is None
    assert refusal(*named, ran(check="m1a.x.9", image=other)).startswith("m1a.x.9: used another image")
    assert "digest" in refusal(ran(image={"user": "1"}))


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("x", "a test recorded no check"),
        ({"nodeid": "t::y"}, "t::y recorded no check"),
        ({"nodeid": "t::y", "metadata": []}, "t::y recorded no check"),
        ({"nodeid": "t::y", "metadata": ["readiness"]}, "t::y recorded no check"),
        ({"nodeid": "t::y", "metadata": {"other": 1}}, "t::y recorded no check"),
        ({"nodeid": "t::y", "metadata": {"readiness": []}}, "a mapping is needed"),
        (ran(reason="two words"), "reason is more than one word"),
        (ran(notes=["a\nb"]), "bounded lines"),
        (ran(found=["a\nb"]), "bounded lines"),
        (ran(expected="a\nb"), "bounded lines"),
        (ran(made_up=1), "readiness.made_up"),
    ],
)
def test_test_of_another_form_is_refused(test: Any, told: str) -> None:
    assert told in refusal(test)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"exitcode": None}, "how its run ended"),
        ({"exitcode": True}, "how its run ended"),
        ({"exitcode": 1.0}, "how its run ended"),
        ({"exitcode": 3}, "internal error"),
        ({"tests": {}}, "not a list"),
        ({"readiness": {}}, "is missing"),
        ({"readiness": None}, "a mapping is needed"),
    ],
)
def test_report_of_another_form_is_refused(changes: Mapping[str, Any], told: str) -> None:
    assert told in refusal(ran(), **changes)


@pytest.mark.parametrize("exitcode", [0, 1, 2, 4, 5, -1])
def test_other_ends_of_a_run_are_read(exitcode: int) -> None:
    report = read(ran(), exitcode=exitcode)
    assert (report.exit_code, report.shown, len(report.results)) == (exitcode, "r.json", 1)


def test_report_without_tests_has_none() -> None:
    given = content()
    del given["tests"]
    report = read_report(json.dumps(given).encode(), "r.json")
    assert (report.results, report.account.counted["total"]) == ((), 0)


@pytest.mark.parametrize("text", ["[]", '["readiness"]', '"readiness"', "3", "null", "{}"])
def test_what_is_no_report_of_this_suite_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="is not a report of this suite"):
        read_report(text.encode(), "r.json")
