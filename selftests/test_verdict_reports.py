"""What a report says of itself, at the bounds: times, counts, durations, and reports that say nothing."""

import json
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.accounts import read_account
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.report import read_report
from packaging_readiness.verdict.results import Result, refuse_free_text, refuse_image
from selftests import synthetic
from selftests.synthetic_facts import IMAGE_DIGEST

HELP = "m1b.run.help[sr]"
MONTH_S = 31 * 24 * 3600
LAST_SECOND = 253402300799


def account(created: Any = 1.0, summary: Any = None, tests: Any = ()) -> Any:
    return read_account({"created": created, "summary": {} if summary is None else summary}, tests, "r.json")


@pytest.mark.parametrize("created", [0, 0.0, 1.5, LAST_SECOND])
def test_time_of_writing_is_any_of_four_digit_years(created: float) -> None:
    assert account(created).created == created


@pytest.mark.parametrize("created", [-1, -0.5, LAST_SECOND + 1, True, False, None, "1", float("nan"), float("inf")])
def test_other_times_of_writing_are_refused(created: Any) -> None:
    with pytest.raises(InputRefused, match="created: does not say when it was written"):
        account(created)


@pytest.mark.parametrize("summary", [[], "x", 3])
def test_summary_that_counts_nothing_is_refused(summary: Any) -> None:
    with pytest.raises(InputRefused, match="summary: does not say how many tests it holds"):
        account(summary=summary)


def test_tests_are_counted_by_outcome() -> None:
    tests = [{"outcome": "passed"}, {"outcome": "passed"}, {"outcome": "failed"}, "no test", {}]
    found = account(summary={"passed": 2, "collected": 9, "deselected": 4, "total": 5}, tests=tests)
    assert dict(found.counted) == {"passed": 2, "failed": 1, "none": 1, "None": 1, "total": 5}
    assert found.stated == {"passed": 2, "total": 5}


def reread(content: Any) -> Any:
    """What becomes of a report with this content, as it stands."""
    return merge([read_report(json.dumps(content).encode(), "r.json")])


def good() -> dict[str, Any]:
    return synthetic.accounted(synthetic.good_report())


def test_good_report_is_taken() -> None:
    assert reread(good()).results[HELP].held


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_exit_code_that_hides_a_failure_is_refused(outcome: str) -> None:
    content = good()
    content["tests"][0]["outcome"] = outcome
    content["summary"]["passed"] -= 1
    content["summary"][outcome] = 1
    with pytest.raises(InputRefused, match="exitcode: is 0, and 1 of its tests failed"):
        reread(content)
    assert reread({**content, "exitcode": 1}).results


def test_exit_code_of_a_failure_that_did_not_happen_is_refused() -> None:
    with pytest.raises(InputRefused, match="exitcode: is 1, and none of its tests failed"):
        reread({**good(), "exitcode": 1})


def test_exit_code_of_no_tests_beside_tests_is_refused() -> None:
    with pytest.raises(InputRefused, match=r"exitcode: is 5 \(no tests\), and it holds "):
        reread({**good(), "exitcode": 5})
    assert reread({**good(), "exitcode": 2}).results


@pytest.mark.parametrize("name", ["passed", "failed", "total", "xfailed"])
@pytest.mark.parametrize("by", [1, -1])
def test_summary_that_counts_otherwise_is_refused(name: str, by: int) -> None:
    content = good()
    content["summary"][name] = content["summary"].get(name, 0) + by
    with pytest.raises(InputRefused, match=rf"summary\.'{name}': counts other tests than the "):
        reread(content)


def test_summary_that_forgets_an_outcome_is_refused() -> None:
    content = good()
    del content["summary"]["passed"]
    with pytest.raises(InputRefused, match=r"summary\.'passed': counts other tests"):
        reread(content)


def test_report_is_not_older_than_its_header() -> None:
    content = good()
    began = content["created"] - 60.5
    assert reread({**content, "created": began}).results
    with pytest.raises(InputRefused, match="created: it is older than its own header"):
        reread({**content, "created": began - 0.001})


@pytest.mark.parametrize("duration", [0, 0.0, MONTH_S - 1, 0.5])
def test_duration_of_less_than_a_month_is_taken(duration: float) -> None:
    content = good()
    content["tests"][0]["call"]["duration"] = duration
    assert reread(content).results


@pytest.mark.parametrize("phase", ["setup", "call", "teardown"])
@pytest.mark.parametrize("duration", [-0.001, MONTH_S, True, "1", None, 10**400])
def test_duration_that_no_phase_took_is_refused(phase: str, duration: Any) -> None:
    content = good()
    content["tests"][0][phase]["duration"] = duration
    with pytest.raises(InputRefused, match=f"the duration of its {phase} is no number of seconds"):
        reread(content)


def test_durations_are_those_of_all_phases() -> None:
    content = good()
    test = content["tests"][0]
    for phase, seconds in (("setup", 0.25), ("call", 1.0), ("teardown", 0.125)):
        test[phase]["duration"] = seconds
    report = read_report(synthetic.as_bytes(content), "r.json")
    assert report.durations[test["metadata"]["readiness"]["check"]] == 1.375


def test_nothing_is_merged_from_no_report() -> None:
    with pytest.raises(InputRefused, match="no report was given"):
        merge([])


def test_time_of_a_merged_run_is_that_of_the_last_report() -> None:
    reports = []
    for lane, minute in (("m1a", "48"), ("m1b", "59"), ("m1c", "50")):
        report = synthetic.good_report()
        report["readiness"]["nonce"] = lane.ljust(32, "0")
        report["readiness"]["identity"]["written_at_utc"] = f"2026-02-22T19:{minute}:49Z"
        report["tests"] = [
            test for test in report["tests"] if test["metadata"]["readiness"]["check"].startswith(f"{lane}.")
        ]
        reports.append(report)
    assert merge(synthetic.read(*reports)).identity.written_at_utc == "2026-02-22T19:59:49Z"


@pytest.mark.parametrize("reason", ["two words", "x\n", "é", "x" * 2000])
def test_reason_that_is_no_word_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="reason is more than one word"):
        refuse_free_text(reason, ())


def test_text_that_is_no_bounded_line_is_refused() -> None:
    refuse_free_text("", ("", "a line"))
    refuse_free_text("one-word", ())
    for text in ("two\nlines", "x" * 5000):
        with pytest.raises(ValueError, match="expected, found or notes hold more than bounded lines"):
            refuse_free_text("word", ("a line", text))


def test_image_without_a_digest_is_refused() -> None:
    refuse_image(None)
    refuse_image({"digest": IMAGE_DIGEST, "user": "10001"})
    for image in ({}, {"digest": None}, {"digest": IMAGE_DIGEST[:-1]}):
        with pytest.raises(ValueError, match="image has no well-formed digest"):
            refuse_image(image)


@pytest.mark.parametrize(
    ("outcome", "held"),
    [("pass", True), ("deferred", True), ("waived", True), ("fail", False), ("error", False), ("not_run", False)],
)
def test_only_three_outcomes_hold(outcome: Any, held: bool) -> None:
    assert Result("row", outcome).held is held
