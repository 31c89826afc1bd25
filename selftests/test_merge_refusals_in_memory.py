"""Reports that contradict themselves or each other are refused before anything is decided from them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.verdict.header import Acceptance, Identity, Shard, Waiver
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.report import Report, read_report
from packaging_readiness.verdict.shared_contract import SharedContract
from selftests.synthetic import as_bytes, drop_row, good_report, row_ids

Data = dict[str, Any]
FIRST, SECOND, *_ = row_ids(good_report())
IMAGE_ROWS = [
    test["metadata"]["readiness"]["check"] for test in good_report()["tests"] if test["metadata"]["readiness"]["image"]
]
LANES = {lane: [row for row in row_ids(good_report()) if row.startswith(lane)] for lane in ("m1a", "m1b")}


def record(data: Data, row: str) -> Data:
    test = next(test for test in data["tests"] if test["metadata"]["readiness"]["check"] == row)
    found: Data = test["metadata"]["readiness"]
    return found


def part(nonce: str, *rows: str) -> Data:
    """A report of the same run that speaks of these rows only."""
    data = good_report()
    data["readiness"]["nonce"] = nonce * 32
    data["tests"] = [test for test in data["tests"] if test["metadata"]["readiness"]["check"] in rows]
    return data


def read(*parts: Data) -> list[Report]:
    return [read_report(as_bytes(data), f"{index}.json") for index, data in enumerate(parts)]


def test_two_parts_of_one_run_are_merged() -> None:
    merged = merge(read(part("1", FIRST), part("2", SECOND)))
    assert set(merged.results) == {FIRST, SECOND}


def twice(data: Data) -> None:
    data["tests"].append(data["tests"][0])


def other_image(data: Data) -> None:
    record(data, IMAGE_ROWS[1])["image"]["digest"] = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: data.pop("readiness"), "is not a report of this suite"),
        (lambda data: data.update(exitcode=True), "does not say how its run ended"),
        (lambda data: data.update(exitcode=3), "ended by an internal error"),
        (lambda data: data["tests"].append("x"), "a test recorded no check"),
        (lambda data: data["tests"].append({"nodeid": "t::x", "outcome": "passed"}), "t::x recorded no check"),
        (lambda data: data["tests"][0]["call"].update(duration=True), "the duration of its call is no number"),
        (lambda data: data["tests"][0]["setup"].update(duration=-1), "the duration of its setup is no number"),
        (other_image, "used another image than the checks before it"),
        (lambda data: data["readiness"]["identity"].update(git_sha="main"), "is not a full git sha"),
        (lambda data: data["readiness"]["identity"].update(platform_run_id="a/b"), "is not a run id"),
        (lambda data: data["readiness"]["identity"].update(written_at_utc="now"), "is not a UTC time"),
        (lambda data: data["readiness"]["identity"].update(written_at_utc="2026-02-30T00:00:00Z"), "no calendar has"),
    ],
)
def test_a_malformed_report_is_refused(spoil: Callable[[Data], object], told: str) -> None:
    data = good_report()
    spoil(data)
    written = {"created": 0.0, "duration": 1.0, "summary": {}, **data}
    with pytest.raises(InputRefused, match=told):
        read_report(json.dumps(written).encode(), "x.json")


@pytest.mark.parametrize("tests", ["all", 1, {"a": 1}])
def test_tests_that_are_no_list_are_refused(tests: object) -> None:
    data = {"created": 0.0, "duration": 1.0, "summary": {}, **good_report(), "tests": tests}
    with pytest.raises(InputRefused, match="its tests are not a list"):
        read_report(json.dumps(data).encode(), "x.json")


@pytest.mark.parametrize("text", ["[]", "3", "null", '{"readiness": null}', '{"readiness": {"contract": 3}}'])
def test_what_is_no_report_is_refused_whatever_came_before(text: str) -> None:
    shared = SharedContract()
    read_report(as_bytes(good_report()), "good.json", shared)
    with pytest.raises(InputRefused):
        read_report(text.encode(), "x.json", shared)


def phases(**outcomes: str | None) -> Data:
    """A report whose first test ended like that, phase by phase."""
    data = good_report()
    test = data["tests"][0]
    for name, outcome in outcomes.items():
        if outcome is None:
            del test[name]
        else:
            test[name]["outcome"] = outcome
    return data


@pytest.mark.parametrize(
    ("data", "outcome", "reason"),
    [
        (phases(), "pass", ""),
        (phases(call="skipped"), "not_run", "skipped"),
        (phases(call=None), "not_run", "interrupted"),
        (phases(setup="failed"), "error", "set-up-or-tear-down"),
        (phases(teardown="failed"), "error", "set-up-or-tear-down"),
        (phases(call="failed"), "error", "outcome-contradicts-record"),
    ],
)
def test_a_pass_needs_all_phases_and_the_record(data: Data, outcome: str, reason: str) -> None:
    (result, *_) = read_report(as_bytes(data), "x.json").results
    assert (result.outcome, result.reason) == (outcome, reason)


def _wrong_contract(data: Data) -> None:
    data["readiness"]["contract"] = {**data["readiness"]["contract"], "name": "another"}


def _unknown(data: Data) -> None:
    record(data, FIRST)["check"] = "m1a.never.heard-of"


def _adjudicated(data: Data) -> None:
    record(data, FIRST)["check"] = next(c.id for c in packaged_checks() if c.decided_by == "adjudicator" and not c.rows)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([], "no report was given"),
        ([part("1", FIRST), part("1", SECOND)], "are the same report twice"),
        ([part("1", FIRST), part("2", FIRST)], f"both hold {FIRST}"),
    ],
)
def test_reports_that_do_not_belong_together_are_refused(parts: list[Data], told: str) -> None:
    with pytest.raises(InputRefused) as refused:
        merge(read(*parts))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (twice, f"holds {FIRST} twice"),
        (_wrong_contract, "the contract in it is not the one its header names"),
        (_unknown, "is not in the inventory"),
        (_adjudicated, "is decided from results, not reported"),
    ],
)
def test_a_report_that_contradicts_the_inventory_is_refused(spoil: Callable[[Data], None], told: str) -> None:
    data = good_report()
    spoil(data)
    with pytest.raises(InputRefused) as refused:
        merge(read(data))
    assert told in str(refused.value)


@pytest.mark.parametrize("name", ["platform_run_id", "git_sha", "suite_digest"])
def test_reports_of_two_runs_are_refused(name: str) -> None:
    other = part("2", SECOND)
    other["readiness"]["identity"][name] = {"git_sha": "0" * 40, "suite_digest": "sha256:" + "0" * 64}.get(
        name, "run_2"
    )
    with pytest.raises(InputRefused, match=f"are not of one run: {name} is"):
        merge(read(part("1", FIRST), other))


@pytest.mark.parametrize(
    ("change", "told"),
    [({"digest": "sha256:" + "0" * 64}, "image digest is"), ({"engine": "docker"}, "image.engine differs")],
)
def test_reports_of_two_images_are_refused(change: Data, told: str) -> None:
    one, other = part("1", IMAGE_ROWS[0]), part("2", IMAGE_ROWS[1])
    record(other, IMAGE_ROWS[1])["image"].update(change)
    with pytest.raises(InputRefused, match=told):
        merge(read(one, other))


def test_a_row_less_is_a_report_all_the_same() -> None:
    assert FIRST not in merge(read(drop_row(good_report(), FIRST))).results


@pytest.mark.parametrize("name", ["check", "owner", "reason"])
def test_what_people_carry_has_an_owner_and_a_reason(name: str) -> None:
    given = {"check": "c", "owner": "o", "reason": "r"}
    Waiver(**given, expires="2026-03-31")
    Acceptance(given["check"], given["owner"], given["reason"])
    with pytest.raises(ValueError, match=f"{name} is empty"):
        Waiver(**{**given, name: " "}, expires="2026-03-31")
    blank = {"blocker" if key == "check" else key: " " if key == name else value for key, value in given.items()}
    with pytest.raises(ValueError, match="is empty"):
        Acceptance(**blank)
    with pytest.raises(ValueError, match="a day like"):
        Waiver(**given, expires="soon")


@pytest.mark.parametrize(("index", "of"), [(0, 3), (4, 3), (-1, -1)])
def test_there_is_no_part_outside_of_a_split(index: int, of: int) -> None:
    assert Shard(3, 3).shown == "3/3"
    with pytest.raises(ValueError, match="there is no part"):
        Shard(index, of)


def test_an_identity_says_which_run_it_is() -> None:
    header = read(good_report())[0].header
    assert isinstance(header.identity, Identity)
    assert header.identity == read(part("1", FIRST))[0].header.identity


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"created": None}, "does not say when it was written"),
        ({"created": True}, "does not say when it was written"),
        ({"created": -1.0}, "does not say when it was written"),
        ({"summary": []}, "does not say how many tests it holds"),
    ],
)
def test_a_report_without_an_account_is_refused(change: Data, told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        read_report(json.dumps({**json.loads(as_bytes(good_report())), **change}).encode(), "x.json")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"summary": {"passed": 1, "total": 1}}, "counts other tests than the"),
        ({"exitcode": 1}, "is 1, and none of its tests failed"),
        ({"exitcode": 5}, "is 5 (no tests), and it holds"),
        ({"created": 0.0}, "it is older than its own header"),
    ],
)
def test_an_account_that_denies_the_report_is_refused(change: Data, told: str) -> None:
    data = {**json.loads(as_bytes(good_report())), **change}
    with pytest.raises(InputRefused) as refused:
        merge([read_report(json.dumps(data).encode(), "x.json")])
    assert told in str(refused.value)


def test_an_exit_code_of_success_over_a_failure_is_refused() -> None:
    data = json.loads(as_bytes(phases(call="failed")))
    data["tests"][0]["outcome"] = "failed"
    data["summary"]["passed"] -= 1
    data["summary"]["failed"] = 1
    data["exitcode"] = 0
    with pytest.raises(InputRefused) as refused:
        merge([read_report(json.dumps(data).encode(), "x.json")])
    assert "is 0, and 1 of its tests failed" in str(refused.value)
