"""Evidence objects of a ledger of a few rows: which fact stands in which field, and what stands there without it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.lanes import Lane
from packaging_readiness.contract.tables import Condition, Deferral
from packaging_readiness.verdict.header import Acceptance, Carried, Waiver
from packaging_readiness.verdict.objects import draft_objects
from packaging_readiness.verdict.objects_m1e import closure_objects
from packaging_readiness.verdict.parts import active_codes, check_verdict, row_entries, verdict_of
from selftests.small_ledgers import CONTRACT, FIX, Held, active, held, ledger, row, seen
from selftests.synthetic_facts import GIT_SHA, RUN_ID, WRITTEN_AT

TAG = "m1c.mismatch.tag-to-digest"
DIGEST, OTHER = "sha256:" + "2f" * 32, "sha256:" + "5e" * 32
PASS: Mapping[Lane, str] = {"m1a": "PASS", "m1b": "PASS", "m1c": "PASS", "m1d": "PASS", "m1e": "PASS"}


def draft(name: str, *rows: Held, **more: Any) -> Mapping[str, Any]:
    return draft_objects(ledger(*rows, **more))[name]


def closing(name: str, *rows: Held, lanes: Mapping[Lane, str] = PASS, **more: Any) -> Mapping[str, Any]:
    return closure_objects(ledger(*rows, **more), lanes)[name]


def picked(content: Mapping[str, Any], *names: str) -> list[Any]:
    return [content[name] for name in names]


LANES_A_TO_D = (
    *("image_contract_manifest", "build_context_allowlist_check", "dockerignore_conformance_receipt"),
    *("m1b_entrypoint_validation", "m1b_subcommand_validation", "m1b_mpr_command_checks"),
    *("packaging_provenance", "image_digest_manifest", "release_metadata_receipt", "provenance_consistency_checks"),
    *("security_secret_injection_checks", "secret_source_contract_receipt", "build_context_secret_scan"),
)
CLOSING = (
    *("m1_closure_blocker_register", "m1_build_go_transition_receipt", "m1_handoff_readiness_snapshot"),
    *("m1a_execution_snapshot", "m1b_execution_snapshot", "m1c_execution_snapshot", "m1d_execution_snapshot"),
    "m1e_execution_snapshot",
)


def test_objects_are_these_and_each_says_which_run_it_is_of() -> None:
    made = {**draft_objects(ledger()), **closure_objects(ledger(), PASS)}
    assert list(made) == [*LANES_A_TO_D, *CLOSING]
    for name, content in made.items():
        head = picked(content, "object", "object_version", "phase_id", "platform_run_id", "git_sha", "written_at_utc")
        assert head == [name, 1, "P(-1)", RUN_ID, GIT_SHA, WRITTEN_AT]


def test_image_stands_where_there_is_one() -> None:
    image = {"digest": DIGEST, "user": "1"}
    for name in ("image_contract_manifest", "packaging_provenance"):
        assert (draft(name)["image"], draft(name, image=image)["image"]) == (None, image)
    for name in ("m1b_entrypoint_validation", "m1b_subcommand_validation", "m1b_mpr_command_checks"):
        assert (draft(name)["image_digest"], draft(name, image=image)["image_digest"]) == (None, DIGEST)


@pytest.mark.parametrize(
    ("facts", "image", "registry", "algorithm"),
    [
        ({"registry_digest": DIGEST}, DIGEST, DIGEST, "sha256"),
        ({"registry_digest": OTHER, "platform_digest": DIGEST}, DIGEST, OTHER, "sha256"),
        ({"registry_digest": OTHER, "platform_digest": None}, OTHER, OTHER, "sha256"),
        ({"registry_digest": 7}, 7, 7, None),
        ({}, None, None, None),
    ],
)
def test_digest_of_the_image_is_that_of_its_platform(facts: Any, image: Any, registry: Any, algorithm: Any) -> None:
    made = draft("image_digest_manifest", seen(TAG, **facts))
    assert picked(made, "image_digest", "oci_digest_value", "registry_digest") == [image, image, registry]
    assert made["oci_digest_algo"] == algorithm


def test_receipt_refers_to_release_metadata_once_there_is_an_image() -> None:
    made = draft("release_metadata_receipt", seen("m1c.provenance.field[image_digest]", image_digest=DIGEST))
    assert made["provenance_ref"] == "packaging_provenance.json"
    assert made["release_metadata_refs"] == [
        *("image_digest_manifest.json", "provenance_consistency_checks.json", "sbom.cdx.json"),
        *("slsa_provenance.json", "test_result.json", "verification_summary.json"),
    ]
    assert picked(draft("release_metadata_receipt"), "provenance_ref", "release_metadata_refs") == [None, []]


def test_consistency_has_one_row_for_each_rule() -> None:
    rule, name = Condition("one", "Rule one", ("m1c.x.first",)), "m1c.mismatch.rule-covered"
    facts = {"rule_status": "FAIL", "reason_codes": ["a"]}
    made = draft(
        "provenance_consistency_checks",
        held(f"{name}[one]", "fail", "rule-violated", of=rule, observation=facts),
        contract=replace(CONTRACT, mismatch_rules=(rule,)),
    )
    expected = {"id": "one", "title": "Rule one", "checks_named": ["m1c.x.first"]}
    assert made["rows"] == [{**expected, "status": "FAIL", "reason_codes": ["a"]}]


def test_secrets_are_made_at_the_milestone_that_the_contract_names() -> None:
    deferrals = (Deferral("evidence-upload", "M2", "r"), Deferral("secret-materialisation", "M4", "r"))
    made = draft("secret_source_contract_receipt", contract=replace(CONTRACT, deferrals=deferrals))
    assert made["runtime_materialization"]["deferred_until"] == "M4"
    assert draft("secret_source_contract_receipt")["runtime_materialization"]["deferred_until"] is None


def test_scan_is_summed_up_when_both_scans_are_known() -> None:
    files = seen("m1d.context.file-names", secret_files=["a", "b"], banned_patterns=["*.pem"])
    scan = seen("m1d.context.scan", findings=[{"path": "a"}], scanned_files=3)
    both = draft("build_context_secret_scan", files, scan)
    assert both["findings_summary"] == {"findings_count": 1, "secret_files_count": 2, "scanned_files": 3}
    for one in (files, scan):
        assert draft("build_context_secret_scan", one)["findings_summary"] is None


SECURITY = "security_secret_injection_checks"
POLICIES = {
    "static_credential_rejection": "workflow.static-credentials workflow.oidc dockerfile.credential-names",
    "dockerfile_secret_policy": "dockerfile.credential-names dockerfile.secret-values dockerfile.secret-copies",
    "workflow_credential_policy": "workflow.static-credentials workflow.oidc workflow.no-secret-output "
    "workflow.security-step",
    "image_configuration": "image.configuration image.added-files",
}
CHECKS = sorted({f"m1d.{name}" for names in POLICIES.values() for name in names.split()})


@pytest.mark.parametrize("spoiled", CHECKS)
def test_policy_holds_when_each_of_its_checks_does(spoiled: str) -> None:
    others = [held(name) for name in CHECKS if name != spoiled]
    hit = {name for name, checks in POLICIES.items() if spoiled.removeprefix("m1d.") in checks.split()}
    for rows, codes in (([*others, held(spoiled, "fail")], ["M1D-B1"]), (others, ["none"])):
        made = draft(SECURITY, *rows)
        assert {name for name in POLICIES if made[name] == "FAIL"} == hit
        assert picked(made, "blocker_codes", "verdict") == [codes, "PASS" if codes == ["none"] else "FAIL"]
    made = draft(SECURITY, *others, held(spoiled, "deferred"))
    assert {made[name] for name in POLICIES} == {"PASS"}


def test_parts_are_about_the_rows_that_feed_them() -> None:
    feeds = {"evidence": "one"}
    for rows, verdict in (
        ([held("m1a.x.one", check=feeds), held("m1a.x.two", "fail")], "PASS"),
        ([held("m1a.x.one", check=feeds), held("m1a.x.two", "fail", check=feeds)], "FAIL"),
        ([held("m1a.x.one", "waived", check=feeds), (row("m1a.x.two", evidence="one"), None)], "PASS"),
        ([], "PASS"),
    ):
        assert verdict_of(ledger(*rows), "one") == verdict
    known = ledger(held("m1a.x.one"), held("m1a.x.two", "fail"))
    for names, verdict in (
        (("m1a.x.one",), "PASS"),
        (("m1a.x.one", "m1a.x.two"), "FAIL"),
        (("m1a.x.one", "m1a.x.three"), "FAIL"),
        (("m1a.x.three",), "FAIL"),
    ):
        assert check_verdict(known, names) == verdict
    codes = ledger(*active("M1A-B1", "M1D-B1"))
    assert active_codes(codes, ("M1D", "M1C")) == ["M1D-B1"]
    assert active_codes(codes, ("M1", "B1")) == ["M1-B5", "M1A-B1", "M1D-B1"]


def test_entry_of_a_row_says_what_came_of_it() -> None:
    subject = Condition("one", "t", ("c",))
    rows = (
        held("m1a.x.y[one]", of=subject, observation={"exit_code": 0, "id": "other"}),
        held("m1a.x.y[two]", "error", "why", notes=("a", "b")),
        held("m1a.x.z"),
    )
    assert row_entries(ledger(*rows), "m1a.x.y") == [
        {"exit_code": 0, "id": "one", "status": "PASS", "reason_code": "held"},
        {"id": "m1a.x.y[two]", "status": "ERROR", "reason_code": "why", "notes": ["a", "b"]},
    ]


def test_register_tells_the_state_of_each_code() -> None:
    rows = [
        held("m1a.x.one", "fail", check={"evidence": "first"}),
        held("m1a.x.two", "error", check={"evidence": "second", "fix": "Other."}),
        held("m1c.x.one", "fail"),
        held("m1d.x.one", "deferred"),
    ]
    carried = Carried((), (Acceptance("M1C-B1", "somebody", "for now"),))
    register = closing("m1_closure_blocker_register", *rows, carried=carried)
    by_code = {entry["blocker_id"]: entry for entry in register["blockers"]}
    names = ("resolution_status", "detected_at_utc", "evidence_ref", "resolution_action", "raised_by")
    assert picked(by_code["M1A-B1"], *names) == [
        *("OPEN", WRITTEN_AT, "first.json", FIX),
        ["m1a.x.one", "m1a.x.two"],
    ]
    assert picked(by_code["M1C-B1"], *names) == ["ACCEPTED", WRITTEN_AT, "none.json", FIX, ["m1c.x.one"]]
    assert picked(by_code["M1D-B1"], *names) == ["DEFERRED", None, None, None, []]
    assert by_code["M1D-B1"]["deferred_checks"] == ["m1d.x.one"]
    assert picked(by_code["M1E-B1"], *names, "deferred_checks") == ["CLOSED", None, None, None, [], []]
    assert picked(by_code["M1B-B1"], "severity", "owner_lane") == ["S2", "m1b"]
    assert register["severity_counts"] == {"S1": 3, "S2": 0, "S3": 0}
    assert register["acceptances"] == [{"blocker_id": "M1C-B1", "owner": "somebody", "reason": "for now"}]


@pytest.mark.parametrize(
    ("outcome", "count", "red"),
    [
        *(("pass", 0, False), ("waived", 0, False), ("deferred", 1, False)),
        *(("fail", 1, True), ("error", 1, True), ("not_run", 1, True)),
    ],
)
def test_advisory_counts_unless_it_holds_or_is_waived(outcome: Any, count: int, red: bool) -> None:
    rows = [held("m1a.x.one", outcome, check={"blocker": None}), held("m1a.x.two", check={"blocker": None})]
    waiver = Waiver("m1a.x.one", "somebody", "for now", "2027-01-01")
    register = closing("m1_closure_blocker_register", *rows, held("m1b.x.one"), carried=Carried((waiver,)))
    assert [entry["check"] for entry in register["advisories"]] == ["m1a.x.one", "m1a.x.two"]
    assert register["severity_counts"] == {"S1": int(red), "S2": 0, "S3": count}
    assert register["waivers"] == [
        {"check": "m1a.x.one", "owner": "somebody", "reason": "for now", "expires": "2027-01-01"}
    ]


def test_handoff_notes_what_is_left_put_off_not_held_and_noted() -> None:
    name = "m1_handoff_readiness_snapshot"
    rows = [
        held("m1a.x.one", notes=("first", "second")),
        held("m1b.x.one", "deferred", "later", deferral="later"),
        held("m1c.x.one", "fail", "why"),
    ]
    lanes: dict[Lane, str] = {**PASS, "m1c": "FAIL"}
    made = closing(name, *rows, lanes=lanes)
    assert made["notes"][3:] == [
        *("deferred: m1b.x.one (later)", "not held: m1c.x.one (fail, why)"),
        *("m1a.x.one: first", "m1a.x.one: second"),
    ]
    assert picked(made, "m2_entry_gate_ready", "fail_closed", "active_blockers") == [False, True, ["M1-B5", "M1C-B1"]]
    assert made["m1_subphase_status"] == {"A": "PASS", "B": "PASS", "C": "FAIL", "D": "PASS", "E": "PASS"}
    good = closing(name, *rows[:2])
    assert picked(good, "m2_entry_gate_ready", "fail_closed", "active_blockers") == [True, False, []]
    plan, implementation, logbook = closing(name)["notes"]
    assert "master plan" in plan
    assert "implementation map" in implementation
    assert "logbook" in logbook


def test_receipt_of_the_transition_follows_every_row() -> None:
    name = "m1_build_go_transition_receipt"
    assert closing(name, held("m1a.x.one"), held("m1b.x.one", "waived"))["transition_verdict"] == "PASS"
    made = closing(name, held("m1a.x.one"), held("m1b.x.one", "error"), seen(TAG, authority="ecr"))
    assert picked(made, "transition_verdict", "registry_authority", "workflow_run_id") == ["FAIL", "ecr", "77"]


def test_snapshot_of_a_lane_counts_its_own_rows() -> None:
    rows = [
        held("m1b.x.one", check={"dod": 3}),
        held("m1b.x.two", "fail", check={"blocker": "M1-B1", "severity": "S2"}),
        held("m1b.x.three", "error"),
        held("m1b.x.four", "fail", check={"blocker": None}),
        held("m1a.x.one", "fail"),
    ]
    made = closing("m1b_execution_snapshot", *rows, lanes={**PASS, "m1b": "FAIL"})
    assert picked(made, "lane", "verdict", "overall_pass") == ["M1.B", "FAIL", False]
    assert made["active_blockers"] == ["M1-B1", "M1B-B1"]
    assert list(made["outcomes"].items()) == [("error", 1), ("fail", 2), ("pass", 1)]
    assert made["checks"][:2] == [
        {"id": "m1b.x.one", "status": "PASS", "dod": 3},
        {"id": "m1b.x.two", "status": "FAIL", "dod": 1},
    ]
    assert closing("m1c_execution_snapshot", *rows)["overall_pass"] is True
