"""Rows that are decided from results: each rule alone, with what it says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.verdict.report import read_report
from packaging_readiness.verdict.rests_on import RESTS_ON, denial
from packaging_readiness.verdict.results import Result
from packaging_readiness.verdict.shards import missing_shards, shard_of
from packaging_readiness.verdict.stored import stored_run
from selftests import synthetic

CONTRACT, CONTRACT_DATA = load_contract("dev_full")
ROWS = {row.id: row for row in expand(packaged_checks(), CONTRACT)}
FIRST, AGAIN = "m1c.mismatch.tag-to-digest", "m1c.mismatch.tag-resolved-again"
AGREE, UNMOVED = "m1c.mismatch.objects-agree", "m1c.mismatch.tag-unmoved"
OTHER_DIGEST = "sha256:" + "5e" * 32


def decided(report: Mapping[str, Any], row: str) -> Result:
    return synthetic.adjudicated(report).results[row]


def observing(row: str, **facts: Any) -> dict[str, Any]:
    return synthetic.observe(synthetic.good_report(), row, **facts)


def test_anchor_that_is_not_the_images_digest_is_a_disagreement() -> None:
    row = "m1c.provenance.anchor[oci_digest_value]"
    result = decided(synthetic.error_row(synthetic.good_report(), row), AGREE)
    assert (result.outcome, result.reason) == ("fail", "objects-disagree")
    assert result.found == ("oci_digest_value is not image_digest in packaging_provenance.json",)
    assert decided(synthetic.good_report(), AGREE).outcome == "pass"


@pytest.mark.parametrize(
    ("fact", "value", "reason"),
    [
        ("registry_digest", OTHER_DIGEST, "tag-moved"),
        ("recomputed_digest", OTHER_DIGEST, "tag-moved"),
        ("platform_digest", OTHER_DIGEST, "platform-moved"),
        ("pushed_at_utc", "2026-02-22T19:48:50Z", "pushed-again"),
        ("tag_mutability", "MUTABLE", "mutability-changed"),
        ("manifest_bytes", 1, "tag-differs"),
    ],
)
def test_what_changed_between_two_resolutions_has_its_reason(fact: str, value: object, reason: str) -> None:
    report = observing(AGAIN, **{fact: value})
    for test in report["tests"]:  # a row that fails may have seen anything
        if test["metadata"]["readiness"]["check"] == AGAIN:
            test["outcome"] = test["call"]["outcome"] = "failed"
            test["metadata"]["readiness"].update(outcome="fail", reason="x", found=["x"])
    result = decided(report, UNMOVED)
    assert (result.outcome, result.reason) == ("fail", reason)
    (found,) = result.found
    assert found.startswith(f"{fact}: ")
    assert found.endswith(f", {value} at the end")


@pytest.mark.parametrize("row", [FIRST, AGAIN])
@pytest.mark.parametrize("spoil", [synthetic.error_row, synthetic.drop_row], ids=["observed nothing", "absent"])
def test_tag_that_was_not_resolved_twice_is_not_unmoved(row: str, spoil: Any) -> None:
    result = decided(spoil(synthetic.good_report(), row), UNMOVED)
    assert (result.outcome, result.reason) == ("fail", "not-resolved-twice")


def rule_of(check: str) -> str:
    """A mismatch rule that names a check."""
    return next(rule.id for rule in CONTRACT.mismatch_rules if check in rule.checks)


def test_rule_tells_its_status_and_its_reasons() -> None:
    row = f"m1c.mismatch.rule-covered[{rule_of(FIRST)}]"
    good = decided(synthetic.good_report(), row)
    assert (good.outcome, good.observation["rule_status"], good.observation["reason_codes"]) == (
        "pass",
        "PASS",
        ["held"],
    )
    bad = decided(synthetic.fail_row(synthetic.good_report(), FIRST, "tag-digest-mismatch"), row)
    assert (bad.outcome, bad.reason, bad.observation["rule_status"]) == ("fail", "rule-violated", "FAIL")
    assert "tag-digest-mismatch" in bad.observation["reason_codes"]
    assert f"{FIRST}: fail" in bad.found


def test_field_that_evidence_may_not_hold_is_named() -> None:
    report = observing(FIRST, made_up="x")
    result = decided(report, "m1d.evidence.allow-list")
    assert (result.outcome, result.reason) == ("fail", "value-not-allowed")
    assert any(line.startswith(f"{FIRST}: made_up: ") for line in result.found)
    assert decided(synthetic.good_report(), "m1d.evidence.allow-list").outcome == "pass"


def test_measurements_are_kept_where_there_are_any() -> None:
    report = synthetic.read(synthetic.good_report())[0]
    assert report.measured
    assert all(report.measured.values())
    assert set(report.measured) < {result.id for result in report.results}


@pytest.mark.parametrize(
    ("test", "name"), [({"nodeid": "tests_m1a/x.py::y"}, "tests_m1a/x.py::y"), ("x", "a test"), ({}, "None")]
)
def test_test_without_a_check_is_named(test: Any, name: str) -> None:
    content = {**synthetic.good_report(), "tests": []}
    data = synthetic.as_bytes(content).replace(b'"tests": []', b'"tests": [' + json.dumps(test).encode() + b"]")
    with pytest.raises(InputRefused) as refused:
        read_report(data, "r.json")
    assert refused.value.cause == f"{name} recorded no check"


def test_image_of_a_stored_run_is_well_formed() -> None:
    kept = synthetic.objects(synthetic.good_report())["check_results"]
    rows = tuple(ROWS.values())
    with pytest.raises(InputRefused, match="image has no well-formed digest"):
        stored_run({**kept, "image": {**kept["image"], "digest": "sha256:1"}}, CONTRACT, CONTRACT_DATA, rows)
    assert stored_run(kept, CONTRACT, CONTRACT_DATA, rows).image == kept["image"]


def test_put_off_rows_stand_behind_their_own_code() -> None:
    states = synthetic.adjudicated(synthetic.good_report()).blockers
    deferred = {row: state.code for state in states for row in state.deferred}
    assert deferred == {
        row: ROWS[row].blocker
        for row in ("m1c.paths.evidence-bucket", "m1c.linkage.run-json", "m1d.sources.materialisation")
    }
    assert sum(len(state.deferred) for state in states) == 3


def test_failed_row_raises_its_code_and_those_that_sum_up() -> None:
    row = "m1b.matrix.plan-covered"
    verdict = synthetic.adjudicated(synthetic.fail_row(synthetic.good_report(), row))
    raised = {state.code for state in verdict.blockers if row in state.raised_by}
    sums = {blocker.id for blocker in CONTRACT.blockers if "m1b" in blocker.rollup}
    assert raised == {ROWS[row].blocker} | sums


@pytest.mark.parametrize("check", sorted(RESTS_ON))
def test_row_that_rests_on_a_fact_is_denied_by_another(check: str) -> None:
    name, value = RESTS_ON[check]
    wrong: object = not value if isinstance(value, bool) else [1] if isinstance(value, list) else value + 1
    assert denial(check, {name: value}, needed=True) is None
    assert denial(f"{check}[row]", {name: wrong}, needed=False) == f"passes, and its {name} is not {value!r}"
    assert denial(check, {}, needed=True) == f"passes, and its {name} is not there"
    assert denial(check, {}, needed=False) is None


def test_facts_that_rows_rest_on_are_these() -> None:
    assert sorted(RESTS_ON) == [
        "m1a.boundary.context-taken",
        "m1a.payload.default-deny",
        "m1a.payload.exclude-stays-out",
        "m1a.payload.no-broad-copy",
        "m1b.contract.optional-documented",
        "m1b.contract.required-enforced",
        "m1b.contract.subcommand-optional-documented",
        "m1b.contract.subcommand-required-enforced",
        "m1b.contract.subcommand-unknown-refused",
        "m1b.contract.unknown-refused",
        "m1b.run.help",
        "m1b.run.subcommand-help",
        "m1d.sources.path-pinned",
    ]
    assert denial("m1a.reference.mode", {"exit_code": 1}, needed=True) is None


def test_entrypoints_are_dealt_out_in_the_order_of_their_ids() -> None:
    ids = sorted(entry.id for entry in CONTRACT.entrypoints)
    for of in (1, 2, 3, len(ids)):
        homes = [shard_of(ROWS[f"m1b.run.help[{row}]"], CONTRACT, of) for row in ids]
        assert homes == [index % of + 1 for index in range(len(ids))]
    assert shard_of(ROWS[FIRST], CONTRACT, 5) == 1


def test_shards_that_are_missing_are_all_that_were_announced() -> None:
    report = synthetic.good_report()
    report["readiness"]["shard"] = {"index": 2, "of": 4}
    (read,) = synthetic.read(report)
    assert [(shard.index, shard.of) for shard in missing_shards([read])] == [(1, 4), (3, 4), (4, 4)]
    assert list(missing_shards(synthetic.read(synthetic.good_report()))) == []
