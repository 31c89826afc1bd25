"""The rules about stored rows and what they observed, each asked about one row at a time."""

from typing import Any

import pytest

from packaging_readiness.evidence.facts import Facts, entries, mapping
from packaging_readiness.evidence.rules_observed import observed_problems
from packaging_readiness.evidence.rules_rows import row_problems
from selftests.stored_facts import CONTRACT, ROWS, facts, held, row, told

RESULTS = "check_results.json"
BUCKET, LINKAGE, SECRETS = "m1c.paths.evidence-bucket", "m1c.linkage.run-json", "m1d.sources.materialisation"
ADVISORY = "m1a.advisory.base-pinned"
ALL = [each.id for each in ROWS]


def whole(*, without: Any = (), instead: dict[str, dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Every row of the inventory as one that failed, but for these."""
    given = instead or {}
    return [
        {
            **row(each.id, "fail", reason="made-to-fail", found=["x"], deferral=None, withheld=[]),
            "lane": each.check.lane,
            "dod": each.check.dod,
            "severity": each.severity,
            "blocker": each.blocker,
            "decided_by": each.check.decided_by,
            **given.get(each.id, {}),
        }
        for each in ROWS
        if each.id not in without
    ]


def problems(results: list[Any]) -> list[tuple[str, str]]:
    return told(row_problems(facts(*results)))


def of(row_id: str, **more: Any) -> list[tuple[str, str]]:
    """What is wrong where one row is changed by `more`."""
    return problems(whole(instead={row_id: more}))


def test_an_inventory_that_failed_everywhere_has_no_problem() -> None:
    assert problems(whole()) == []


def test_each_row_stands_there_once_and_is_known() -> None:
    assert problems([*whole(), row("m1a.no-such-check", "fail")]) == [("check-unknown", "m1a.no-such-check")]
    assert problems([*whole(), row(ALL[0], "fail")]) == [("check-doubled", ALL[0])]
    assert problems(whole(without=[ALL[3]])) == [("check-missing", ALL[3])]
    assert problems([*whole(), {"outcome": "fail"}, "x", {"id": 5}]) == []


@pytest.mark.parametrize("lane", ["m1a", "m1b", "m1c", "m1d", "m1e"])
def test_a_lane_without_a_row_is_told_as_one(lane: str) -> None:
    mine = [row_id for row_id in ALL if row_id.startswith(f"{lane}.")]
    ((code, place),) = problems(whole(without=mine))
    assert (code, place.startswith("M1." + lane[-1].upper())) == ("lane-missing", True)
    assert problems(whole(without=mine[1:])) == [("check-missing", row_id) for row_id in mine[1:]]


def test_a_lane_that_the_inventory_lacks_is_not_missed() -> None:
    rows = tuple(each for each in ROWS if each.check.lane != "m1e")
    listed = [each for each in whole() if each["lane"] != "m1e"]
    assert told(row_problems(Facts.of({"results": listed}, CONTRACT, rows))) == []


def test_rows_stand_in_the_order_of_the_inventory() -> None:
    turned = whole()
    turned[0], turned[1] = turned[1], turned[0]
    assert problems(turned) == [("check-order", RESULTS)]
    first, *rest = whole(without=[ALL[5]])
    assert problems([row("m1a.no-such-check", "fail"), first, *rest]) == [
        ("check-unknown", "m1a.no-such-check"),
        ("check-missing", ALL[5]),
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [("lane", "m1b"), ("dod", 9), ("severity", "S3"), ("blocker", "M1-B1"), ("decided_by", "adjudicator")],
)
def test_a_row_is_labelled_as_the_inventory_says(key: str, value: Any) -> None:
    row_id = "m1c.push.role-permission"
    assert of(row_id, **{key: value}) == [("check-relabelled", row_id)]
    assert of(row_id, **{key: None}) == [("check-relabelled", row_id)]


@pytest.mark.parametrize("outcome", ["fail", "error", "not_run", "waived"])
def test_these_outcomes_are_known_and_may_have_a_reason(outcome: str) -> None:
    assert of(ADVISORY, outcome=outcome, reason="x", found=["y"]) == []


@pytest.mark.parametrize("outcome", ["passed", "FAIL", "", None, 1, ["pass"]], ids=repr)
def test_any_other_outcome_is_told(outcome: Any) -> None:
    assert of(ADVISORY, outcome=outcome) == [("outcome-unknown", ADVISORY)]


@pytest.mark.parametrize(
    ("reason", "found", "holds"), [("", [], True), ("x", [], False), ("", ["x"], False), (None, None, True)]
)
def test_a_row_that_passes_found_nothing_wrong(reason: Any, found: Any, holds: bool) -> None:
    expected = [] if holds else [("outcome-contradicts-record", ADVISORY)]
    assert of(ADVISORY, outcome="pass", reason=reason, found=found) == expected


@pytest.mark.parametrize(
    ("row_id", "name"),
    [(BUCKET, "evidence-upload"), (LINKAGE, "run-linkage"), (SECRETS, "secret-materialisation")],
)
def test_each_deferral_is_of_its_own_row(row_id: str, name: str) -> None:
    assert of(row_id, outcome="deferred", deferral=name) == []
    assert of(ADVISORY, outcome="deferred", deferral=name) == [("deferral-misplaced", ADVISORY)]
    assert of(row_id, outcome="deferred") == [("deferral-missing", row_id)]
    assert of(row_id, outcome="fail", deferral=name) == [("deferral-missing", row_id)]
    (without,), (with_one,) = (
        [problem.cause for problem in row_problems(facts(*whole(instead={row_id: more})))]
        for more in ({"outcome": "deferred"}, {"outcome": "fail", "deferral": name})
    )
    assert ("without" in without, "names" in with_one) == (True, True)
    for unknown in ("next-year", [name], ""):
        assert of(row_id, outcome="deferred", deferral=unknown) == [("deferral-unknown", row_id)]


@pytest.mark.parametrize(
    ("kind", "field", "good", "bad"),
    [
        ("field", "git_sha", "0" * 40, "0" * 39),
        ("field", "build_actor", "release-bot", ""),
        ("field", "platform_run_id", "run_1", 5),
        ("anchor", "oci_digest_algo", "sha256", "sha 256"),
    ],
)
def test_a_provenance_row_that_holds_has_a_value_of_its_shape(kind: str, field: str, good: str, bad: Any) -> None:
    row_id = f"m1c.provenance.{kind}[{field}]"
    kept = {"outcome": "pass", "reason": "", "found": []}
    assert of(row_id, **kept, observation={field: good}) == []
    assert of(row_id, **kept, observation={field: bad}) == [("provenance-malformed", row_id)]
    assert of(row_id, **kept, observation={}) == [("provenance-missing", row_id)]
    assert of(row_id, observation={field: bad}) == []


@pytest.mark.parametrize(
    "row_id",
    [
        "m1c.provenance.field[image_digest]",
        "m1c.provenance.anchor[oci_digest_value]",
        "m1c.provenance.field[build_completed_at_utc]",
    ],
)
def test_digests_and_times_are_judged_by_other_rules(row_id: str) -> None:
    assert of(row_id, outcome="pass", reason="", found=[], observation={}) == []


def observed(row_id: str, **entry: Any) -> list[tuple[str, str]]:
    return told(observed_problems(row_id, entry, facts()))


CORRIDOR = "m1b.run.mpr[{}]".format


@pytest.mark.parametrize(
    ("case", "ended", "holds"),
    [
        ("promote-valid", 0, True),
        ("promote-valid", 1, False),
        ("rollback-drill-valid", 0, True),
        ("promote-wrong-event-type", 0, False),
        ("promote-wrong-event-type", 1, True),
        ("promote-wrong-event-type", 2, True),
        ("promote-valid", False, False),
        ("promote-valid", 0.0, False),
        ("promote-wrong-event-type", None, False),
        ("promote-wrong-event-type", "1", False),
    ],
)
def test_a_case_of_the_corridor_ended_as_the_contract_expects(case: str, ended: Any, holds: bool) -> None:
    expected = [] if holds else [("outcome-contradicts-record", CORRIDOR(case))]
    observation = {"exit_code": ended}
    assert observed(CORRIDOR(case), outcome="pass", observation=observation) == expected
    assert observed(CORRIDOR(case), outcome="fail", observation=observation) == []
    assert observed(CORRIDOR(case), outcome="pass", withheld=["x"], observation=observation) == []
    assert observed("m1b.run.other[x]", outcome="pass", observation=observation) == []


def test_a_row_that_passes_has_the_fact_that_it_rests_on() -> None:
    row_id = "m1a.payload.default-deny"
    assert observed(row_id, outcome="pass", observation={"default_deny": True}) == []
    for observation in ({"default_deny": False}, {}, None):
        assert observed(row_id, outcome="pass", observation=observation) == [("outcome-contradicts-record", row_id)]
        assert observed(row_id, outcome="waived", observation=observation) == []
    broken = {row_id: {"outcome": "pass", "reason": "", "found": [], "observation": {"default_deny": False}}}
    assert problems(whole(instead=broken)) == [("outcome-contradicts-record", row_id)]


def test_facts_are_read_of_what_has_the_form_and_of_nothing_else() -> None:
    for nothing in (None, "x", {"id": "m1a.x"}, 5):
        assert list(entries({"results": nothing})) == []
    listed = [{"id": "a", "outcome": "pass"}, {"id": 5}, "x", None, {}, {"id": "a", "outcome": "fail"}, {"id": "b"}]
    assert [entry["id"] for entry in entries({"results": listed})] == ["a", "a", "b"]
    read = Facts.of({"results": listed, "run": [], "image": []}, CONTRACT, ROWS)
    assert (read.run, read.image, list(read.results)) == ({}, None, ["a", "b"])
    assert read.results["a"]["outcome"] == "pass"
    assert Facts.of({"image": {"digest": 1}, "run": {"aws": 1}}, CONTRACT, ROWS).image == {"digest": 1}
    assert (mapping({"a": 1}), mapping([1]), mapping(None)) == ({"a": 1}, {}, {})


@pytest.mark.parametrize(
    ("outcome", "withheld", "holds"),
    [
        ("pass", [], True),
        ("deferred", None, True),
        ("waived", [], True),
        ("fail", [], False),
        ("error", [], False),
        ("not_run", [], False),
        ("pass", ["field"], False),
    ],
)
def test_only_a_row_that_holds_and_withheld_nothing_says_something(outcome: str, withheld: Any, holds: bool) -> None:
    asked = facts(row("m1a.x", outcome, withheld=withheld, observation={"path": "p"}), held("m1a.y"))
    assert asked.held("m1a.x") is holds
    assert asked.fact("m1a.x", "path") == ("p" if holds else None)
    assert (asked.fact("m1a.y", "path"), asked.fact("m1a.z", "path"), asked.held("m1a.z")) == (None, None, False)
    field = "m1c.provenance.field[git_sha]"
    assert facts(held(field, git_sha="s")).provenance("git_sha") == "s"
