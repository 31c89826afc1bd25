"""Rules that decide from results, each by itself on a ledger of a few rows: what it counts, and what it leaves out."""

from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.tables import Condition, Deferral, EvidenceObject, ProvenanceField
from packaging_readiness.verdict.objects import draft_objects
from selftests.small_ledgers import CONTRACT, Held, decided, failed, held, ledger, of_condition, passed, seen
from selftests.synthetic_facts import GIT_SHA

TAG, AGAIN = "m1c.mismatch.tag-to-digest", "m1c.mismatch.tag-resolved-again"
DIGEST, OTHER = "sha256:" + "2f" * 32, "sha256:" + "5e" * 32


def needing(**fields: tuple[str, ...]) -> Any:
    """The contract with these objects and the fields that they must have."""
    objects = tuple(EvidenceObject(name, "m1c", names) for name, names in fields.items())
    return replace(CONTRACT, evidence_objects=objects)


def test_lane_is_resolved_when_its_own_rows_hold() -> None:
    name = "m1a.blockers.resolved"
    rows = [held("m1a.x.one"), held("m1a.x.two", "deferred"), held("m1a.x.three", "waived"), held("m1b.x.one", "fail")]
    assert decided(name, *rows) == passed(name)
    rows += [held("m1a.x.four", "error"), held("m1a.x.five", "not_run")]
    assert decided(name, *rows) == failed(name, "blockers-active", "m1a.x.four: error", "m1a.x.five: not_run")


FIELDS = {
    "image_contract_manifest": ("image_strategy",),
    "release_metadata_receipt": ("image_tag", "follow_ups", "release_metadata_refs"),
    "packaging_provenance": ("image",),
    "image_digest_manifest": ("image_digest",),
    "security_secret_injection_checks": ("workflow_path",),
    "secret_source_contract_receipt": ("secrets_backend",),
    "build_context_secret_scan": ("scanned_files",),
}
HOLES = {
    "m1c.provenance.release-metadata": (
        "references-missing",
        *("release_metadata_receipt.json: image_tag has no value",),
        *("release_metadata_receipt.json: follow_ups has no value",),
        *("release_metadata_receipt.json: release_metadata_refs has no value",),
    ),
    "m1c.mismatch.objects-present": (
        "objects-incomplete",
        *("image_digest_manifest.json: image_digest has no value", "packaging_provenance.json: image has no value"),
        *("release_metadata_receipt.json: image_tag has no value",),
        *("release_metadata_receipt.json: follow_ups has no value",),
        *("release_metadata_receipt.json: release_metadata_refs has no value",),
    ),
    "m1d.evidence.objects-complete": (
        "objects-incomplete",
        *("build_context_secret_scan.json: scanned_files has no value",),
        *("secret_source_contract_receipt.json: secrets_backend has no value",),
        *("security_secret_injection_checks.json: workflow_path has no value",),
    ),
}


@pytest.mark.parametrize("name", sorted(HOLES))
def test_fields_without_a_value_are_holes_of_the_objects_that_a_row_is_about(name: str) -> None:
    reason, *holes = HOLES[name]
    blank = seen("m1c.provenance.field[image_tag]", image_tag="")
    assert decided(name, blank, contract=needing(**FIELDS)) == failed(name, reason, *holes)


def test_every_object_counts_for_the_closing_row() -> None:
    name = "m1e.closure.objects-present"
    found = decided(name, contract=needing(**FIELDS)).found
    assert {line.partition(".")[0] for line in found} == set(FIELDS)
    assert decided(name, contract=needing(unheard_of=("field",))) == passed(name)


def test_fields_with_a_value_are_no_holes() -> None:
    name = "m1d.evidence.objects-complete"
    rows = [seen("m1d.context.scan", scanned_files=0), seen("m1d.sources.backend", secrets_backend="ssm")]
    fields = {"build_context_secret_scan": ("scanned_files",), "secret_source_contract_receipt": ("secrets_backend",)}
    assert decided(name, *rows, contract=needing(**fields)) == passed(name)


def tagged(digest: str = DIGEST, tag: str = "git-1", **other: str) -> list[Held]:
    """What the registry, the engine and the build say of one image."""
    return [
        seen(TAG, registry_digest=digest, image_tag=tag),
        seen("m1c.provenance.field[image_tag]", image_tag=other.get("built_tag", tag)),
        seen("m1c.provenance.field[image_digest]", image_digest=other.get("built", digest)),
        seen("m1c.provenance.anchor[oci_digest_value]", oci_digest_value=other.get("anchor", digest)),
    ]


def test_objects_that_say_the_same_agree() -> None:
    name = "m1c.mismatch.objects-agree"
    assert decided(name, *tagged()) == passed(name)


@pytest.mark.parametrize(
    ("rows", "fields"),
    [
        (tagged(built_tag="git-2"), ["image_tag"]),
        (tagged(built=OTHER, anchor=OTHER), ["image_digest"]),
        (tagged(anchor=OTHER), ["oci_digest_value"]),
        (tagged()[1:], ["image_tag", "image_digest"]),
        (tagged()[:1], ["image_tag", "image_digest"]),
        (tagged()[:3], ["oci_digest_value"]),
        ([], ["image_tag", "image_digest"]),
    ],
    ids=["tag", "digest", "anchor", "no registry", "nothing built", "no anchor", "nothing"],
)
def test_objects_that_differ_or_do_not_know_disagree(rows: list[Held], fields: list[str]) -> None:
    result = decided("m1c.mismatch.objects-agree", *rows)
    assert (result.outcome, result.reason) == ("fail", "objects-disagree")
    assert [line.replace(":", " ").split()[0] for line in result.found] == fields


@pytest.mark.parametrize("name", ["git_sha", "platform_run_id"])
def test_anchor_with_the_name_of_a_fact_of_the_run_agrees_with_it(name: str) -> None:
    contract = replace(CONTRACT, digest_anchors=(*CONTRACT.digest_anchors, ProvenanceField(name, "word")))
    for value, found in ((None, [name]), ("other", [name])):
        rows = [*tagged(), *([seen(f"m1c.provenance.anchor[{name}]", **{name: value})] if value else [])]
        result = decided("m1c.mismatch.objects-agree", *rows, contract=contract)
        assert [line.partition(":")[0] for line in result.found] == found
    if name == "git_sha":
        same = seen(f"m1c.provenance.anchor[{name}]", git_sha=GIT_SHA)
        assert decided("m1c.mismatch.objects-agree", *tagged(), same, contract=contract).held


def resolved(**facts: Any) -> dict[str, Any]:
    return {"image_tag": "git-1", "registry_digest": DIGEST, **facts}


ONCE, LATER = seen(TAG, image_tag="a"), seen(AGAIN, image_tag="a")


@pytest.mark.parametrize("rows", [[], [ONCE], [LATER], [seen(TAG), LATER], [ONCE, seen(AGAIN)]])
def test_tag_is_unmoved_only_when_both_resolutions_saw_something(rows: list[Held]) -> None:
    result = decided("m1c.mismatch.tag-unmoved", *rows)
    assert (result.outcome, result.reason, len(result.found)) == ("fail", "not-resolved-twice", 1)


@pytest.mark.parametrize(
    ("start", "end", "reason", "names"),
    [
        ({}, {}, "", []),
        ({}, {"registry_digest": OTHER}, "tag-moved", ["registry_digest"]),
        ({}, {"recomputed_digest": OTHER}, "tag-moved", ["recomputed_digest"]),
        ({"platform_digest": OTHER}, {}, "platform-moved", ["platform_digest"]),
        ({"pushed_at_utc": "a"}, {"pushed_at_utc": "b"}, "pushed-again", ["pushed_at_utc"]),
        ({"tag_mutability": "a"}, {"tag_mutability": "b"}, "mutability-changed", ["tag_mutability"]),
        ({"tag": "a"}, {"tag": "b"}, "tag-differs", ["tag"]),
        ({"tag_mutability": "a"}, {"pushed_at_utc": "b"}, "pushed-again", ["pushed_at_utc", "tag_mutability"]),
        ({"tag_mutability": "a"}, {"platform_digest": OTHER}, "platform-moved", ["platform_digest", "tag_mutability"]),
    ],
)
def test_tag_that_changed_has_the_gravest_reason(start: Any, end: Any, reason: str, names: list[str]) -> None:
    result = decided("m1c.mismatch.tag-unmoved", seen(TAG, **resolved(**start)), seen(AGAIN, **resolved(**end)))
    assert (result.held, result.reason) == (not reason, reason)
    assert [line.partition(":")[0] for line in result.found] == names


def test_resolutions_are_told_from_start_to_end() -> None:
    rows = [seen(TAG, image_tag="x", manifest_bytes=1), seen(AGAIN, image_tag="x", manifest_bytes=2)]
    assert decided("m1c.mismatch.tag-unmoved", *rows).found == ("manifest_bytes: 1 at the start, 2 at the end",)


RULE = Condition("one", "Rule one", ("m1c.x.first", "m1c.x.second"))


@pytest.mark.parametrize(
    ("rows", "status", "reasons", "found"),
    [
        ([held("m1c.x.first"), held("m1c.x.second")], "PASS", ["held"], ()),
        ([held("m1c.x.first"), held("m1c.x.second", "deferred", "put-off")], "DEFERRED", ["put-off"], ()),
        (
            [held("m1c.x.first", "fail", "z"), held("m1c.x.second", "error", "a"), held("m1c.x.third", "fail", "b")],
            "FAIL",
            ["a", "z"],
            ("m1c.x.first: fail", "m1c.x.second: error"),
        ),
        (
            [held("m1c.x.first", "fail", "z"), held("m1c.x.second", "deferred", "later")],
            "FAIL",
            ["later", "z"],
            ("m1c.x.first: fail",),
        ),
        ([held("m1c.x.second")], "FAIL", ["held"], ("m1c.x.first: no such check",)),
        ([], "FAIL", ["held"], ("m1c.x.first: no such check", "m1c.x.second: no such check")),
    ],
    ids=["holds", "put off", "red", "red and put off", "one is missing", "none"],
)
def test_rule_of_the_mismatch_policy_follows_its_checks(
    rows: list[Held], status: str, reasons: list[str], found: tuple[str, ...]
) -> None:
    name = "m1c.mismatch.rule-covered"
    facts = {"rule_status": status, "reason_codes": reasons}
    made = failed(f"{name}[one]", "rule-violated", *found, observation=facts)
    expected = made if found else passed(f"{name}[one]", observation=facts)
    assert of_condition(name, RULE, *rows) == expected


def test_policy_is_complete_when_each_rule_has_its_row_and_each_check_a_result() -> None:
    name, other = "m1c.consistency.complete", Condition("two", "Rule two", ("m1c.x.first",))
    contract = replace(CONTRACT, mismatch_rules=(RULE, other))
    covered = [held(f"m1c.mismatch.rule-covered[{rule.id}]", of=rule) for rule in (RULE, other)]
    rows = [held("m1c.x.first", "fail"), held("m1c.x.second", "error"), held("m1c.x.third", "not_run")]
    assert decided(name, *rows, *covered, contract=contract) == passed(name)
    rows[1] = held("m1c.x.second", "not_run")
    result = decided(name, *rows, covered[0], held("m1c.mismatch.rule-covered"), contract=contract)
    assert result == failed(name, "rows-missing", "one: m1c.x.second has no result", "two: no row")


def test_what_was_withheld_and_what_no_object_may_hold_is_named() -> None:
    name = "m1d.evidence.allow-list"
    good = seen("m1a.strategy.one-final-stage", final_stage="runtime")
    assert decided(name, good) == passed(name)
    bad = seen("m1a.strategy.one-final-stage", final_stage={"a": 1})
    withheld = held("m1a.x.one", withheld=("made_up: not allowed", "other: not allowed"))
    result = decided(name, withheld, bad)
    assert (result.outcome, result.reason) == ("fail", "value-not-allowed")
    assert result.found[:2] == ("m1a.x.one: made_up: not allowed", "m1a.x.one: other: not allowed")
    assert [line.rpartition(":")[0] for line in result.found[2:]] == ["image_contract_manifest.json: final_stage"]


def test_managed_run_is_held_to_its_security_lane() -> None:
    name, driver = "m1d.managed.checks-held", "m1c.provenance.field[build_driver]"
    managed, red = seen(driver, build_driver="github_actions"), held("m1d.x.one", "error")
    assert decided(name, managed, red) == failed(name, "managed-check-failed", "m1d.x.one: error")
    assert decided(name, managed, held("m1d.x.one"), held("m1c.x.one", "fail")) == passed(name)
    for rows in ([red], [red, seen(driver, build_driver="local_engine")]):
        assert decided(name, *rows) == passed(name, notes=("not a managed run",))


def test_put_off_until_a_milestone_is_told_of_what_is_used_only() -> None:
    """The receipt of the release names the deferrals of the contract that a result stands on."""
    deferrals = tuple(
        Deferral(name, "M2", "later") for name in ("evidence-upload", "secret-materialisation", "run-linkage")
    )
    contract = replace(CONTRACT, deferrals=deferrals, follow_ups=(Deferral("later", "M3", "soon"),))
    rows = [held(f"m1c.x.{name}", "deferred", deferral=name) for name in ("evidence-upload", "secret-materialisation")]
    receipt = draft_objects(ledger(*rows, held("m1c.x.none"), contract=contract))["release_metadata_receipt"]
    assert receipt["deferrals"] == [{"id": "evidence-upload", "until": "M2", "reason": "later"}]
    assert receipt["follow_ups"] == [{"id": "later", "until": "M3", "reason": "soon"}]
