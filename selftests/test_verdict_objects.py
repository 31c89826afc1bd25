"""What the evidence objects say of a run: which fact stands where, and what stands there when nobody knows it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.verdict.parts import status
from packaging_readiness.verdict.results import Result
from selftests import synthetic
from selftests.synthetic_facts import IMAGE_DIGEST, WRITTEN_AT

TAG = "m1c.mismatch.tag-to-digest"
AGAIN = "m1c.mismatch.tag-resolved-again"
OTHER_DIGEST = "sha256:" + "5e" * 32
ADVISORY = "m1a.advisory.base-pinned"
IMAGE_CHECKS = ("m1d.image.configuration", "m1d.image.added-files")
POLICIES: Mapping[str, tuple[str, ...]] = {
    "static_credential_rejection": (
        "m1d.workflow.static-credentials",
        "m1d.workflow.oidc",
        "m1d.dockerfile.credential-names",
    ),
    "dockerfile_secret_policy": (
        "m1d.dockerfile.credential-names",
        "m1d.dockerfile.secret-values",
        "m1d.dockerfile.secret-copies",
    ),
    "workflow_credential_policy": (
        "m1d.workflow.static-credentials",
        "m1d.workflow.oidc",
        "m1d.workflow.no-secret-output",
        "m1d.workflow.security-step",
    ),
    "image_configuration": IMAGE_CHECKS,
}


def objects(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """The objects of the verdict on one report."""
    return synthetic.adjudicated(report).objects


def carrying(report: Mapping[str, Any], **carried: Any) -> dict[str, Any]:
    """The same report of a run that carries waivers or acceptances."""
    changed = {**report, "readiness": {**report["readiness"]}}
    identity = changed["readiness"]["identity"]
    changed["readiness"]["identity"] = {**identity, "carried": {**identity["carried"], **carried}}
    return changed


@pytest.fixture(scope="module")
def good() -> Mapping[str, Any]:
    return objects(synthetic.good_report())


@pytest.fixture(scope="module")
def empty() -> Mapping[str, Any]:
    return objects(synthetic.empty_report())


@pytest.mark.parametrize(
    ("outcome", "written"),
    [
        ("pass", "PASS"),
        ("waived", "WAIVED"),
        ("deferred", "DEFERRED"),
        ("fail", "FAIL"),
        ("error", "ERROR"),
        ("not_run", "NOT_RUN"),
    ],
)
def test_outcome_is_written_in_capitals(outcome: Any, written: str) -> None:
    assert status(Result("row", outcome)) == written


def test_every_object_starts_with_its_name_and_run(good: Mapping[str, Any]) -> None:
    for name, content in good.items():
        assert (content["object"], content["object_version"], content["phase_id"]) == (name, 1, "P(-1)")
        assert content["written_at_utc"] == WRITTEN_AT


def test_image_stands_in_the_objects_that_are_about_it(good: Mapping[str, Any], empty: Mapping[str, Any]) -> None:
    for name in ("image_contract_manifest", "packaging_provenance"):
        assert good[name]["image"]["digest"] == IMAGE_DIGEST
        assert empty[name]["image"] is None
    for name in ("m1b_entrypoint_validation", "m1b_subcommand_validation", "m1b_mpr_command_checks"):
        assert good[name]["image_digest"] == IMAGE_DIGEST
        assert empty[name]["image_digest"] is None


def test_digest_of_an_image_is_that_of_the_registry(good: Mapping[str, Any], empty: Mapping[str, Any]) -> None:
    manifest = good["image_digest_manifest"]
    assert (manifest["image_digest"], manifest["registry_digest"]) == (IMAGE_DIGEST, IMAGE_DIGEST)
    assert (manifest["oci_digest_algo"], manifest["oci_digest_value"]) == ("sha256", IMAGE_DIGEST)
    nothing = empty["image_digest_manifest"]
    assert {nothing[name] for name in ("image_digest", "registry_digest", "oci_digest_algo", "oci_digest_value")} == {
        None
    }


def test_digest_behind_an_index_is_the_one_of_the_platform() -> None:
    report = synthetic.good_report()
    for row in (TAG, AGAIN):
        report = synthetic.observe(report, row, registry_digest=OTHER_DIGEST, platform_digest=IMAGE_DIGEST)
    manifest = objects(report)["image_digest_manifest"]
    assert (manifest["image_digest"], manifest["registry_digest"]) == (IMAGE_DIGEST, OTHER_DIGEST)


def test_receipt_refers_to_what_is_there(good: Mapping[str, Any], empty: Mapping[str, Any]) -> None:
    receipt = good["release_metadata_receipt"]
    assert receipt["provenance_ref"] == "packaging_provenance.json"
    assert receipt["release_metadata_refs"] == [
        "image_digest_manifest.json",
        "provenance_consistency_checks.json",
        "sbom.cdx.json",
        "slsa_provenance.json",
        "test_result.json",
        "verification_summary.json",
    ]
    assert [entry["id"] for entry in receipt["deferrals"]] == ["run-linkage", "evidence-upload"]
    nothing = empty["release_metadata_receipt"]
    assert (nothing["provenance_ref"], nothing["release_metadata_refs"], nothing["deferrals"]) == (None, [], [])


def test_deferral_that_no_row_uses_is_not_told() -> None:
    report = synthetic.fail_row(synthetic.good_report(), "m1c.linkage.run-json")
    assert [entry["id"] for entry in objects(report)["release_metadata_receipt"]["deferrals"]] == ["evidence-upload"]


def test_provenance_states_each_field_once(good: Mapping[str, Any]) -> None:
    provenance = good["packaging_provenance"]
    assert provenance["build_actor"] == "release-bot"
    assert (provenance["dirty_tree"], provenance["git_ref"], provenance["registry_authority"]) == (False, "main", "ecr")
    assert (provenance["oci_digest_algo"], provenance["oci_digest_value"]) == ("sha256", IMAGE_DIGEST)


@pytest.mark.parametrize("row", sorted({row for rows in POLICIES.values() for row in rows}))
def test_failed_check_fails_exactly_its_policies(row: str) -> None:
    checks = objects(synthetic.fail_row(synthetic.good_report(), row))["security_secret_injection_checks"]
    assert {name: checks[name] for name in POLICIES} == {
        name: "FAIL" if row in rows else "PASS" for name, rows in POLICIES.items()
    }
    assert checks["verdict"] == "FAIL"
    assert checks["blocker_codes"] != ["none"]


@pytest.mark.parametrize("row", sorted({row for rows in POLICIES.values() for row in rows}))
def test_policy_with_an_unknown_check_does_not_pass(row: str) -> None:
    checks = objects(synthetic.drop_row(synthetic.good_report(), row))["security_secret_injection_checks"]
    assert {name for name in POLICIES if checks[name] == "FAIL"} == {n for n, rows in POLICIES.items() if row in rows}


def test_policies_pass_when_all_holds(good: Mapping[str, Any]) -> None:
    checks = good["security_secret_injection_checks"]
    assert {checks[name] for name in (*POLICIES, "verdict")} == {"PASS"}
    assert checks["blocker_codes"] == ["none"]


def test_codes_of_other_lanes_are_no_security_finding() -> None:
    checks = objects(synthetic.fail_row(synthetic.good_report(), "m1a.strategy.one-repository"))
    assert checks["security_secret_injection_checks"]["blocker_codes"] == ["none"]
    assert checks["security_secret_injection_checks"]["verdict"] == "PASS"


def test_findings_are_counted_where_both_scans_are_known(empty: Mapping[str, Any]) -> None:
    scan = objects(synthetic.good_report())["build_context_secret_scan"]
    assert scan["findings_summary"] == {
        "findings_count": len(scan["findings"]),
        "secret_files_count": len(scan["secret_files"]),
        "scanned_files": scan["scanned_files"],
    }
    assert empty["build_context_secret_scan"]["findings_summary"] is None
    for row in ("m1d.context.scan", "m1d.context.file-names"):
        half = objects(synthetic.error_row(synthetic.good_report(), row))["build_context_secret_scan"]
        assert half["findings_summary"] is None


def test_verdict_of_an_object_is_that_of_the_rows_that_feed_it(good: Mapping[str, Any]) -> None:
    assert good["build_context_allowlist_check"]["verdict"] == "PASS"
    report = synthetic.fail_row(synthetic.good_report(), "m1a.boundary.context-within-contract")
    changed = objects(report)
    assert changed["build_context_allowlist_check"]["verdict"] == "FAIL"
    assert changed["dockerignore_conformance_receipt"]["verdict"] == "PASS"


def test_notes_of_a_row_stand_in_its_entry() -> None:
    report = synthetic.good_report()
    for test in report["tests"]:
        record = test["metadata"]["readiness"]
        if record["check"].startswith("m1b.run.help["):
            record["notes"] = ["took long"]
            break
    entries = objects(report)["m1b_entrypoint_validation"]["rows"]
    assert [entry.get("notes") for entry in entries] == [["took long"], *[None] * (len(entries) - 1)]
    assert {(entry["status"], entry["reason_code"]) for entry in entries} == {("PASS", "held")}


def test_register_of_a_run_that_holds_is_closed(good: Mapping[str, Any]) -> None:
    register = good["m1_closure_blocker_register"]
    assert register["severity_counts"] == {"S1": 0, "S2": 0, "S3": 0}
    states = {entry["blocker_id"]: entry["resolution_status"] for entry in register["blockers"]}
    deferred = {entry["blocker_id"] for entry in register["blockers"] if entry["deferred_checks"]}
    assert deferred
    assert states == {code: "DEFERRED" if code in deferred else "CLOSED" for code in states}
    for entry in register["blockers"]:
        assert (entry["detected_at_utc"], entry["evidence_ref"], entry["resolution_action"]) == (None, None, None)
        assert entry["raised_by"] == []


@pytest.mark.parametrize(("spoil", "action"), [(synthetic.error_row, "kept the suite"), (synthetic.drop_row, "Run it")])
def test_register_does_not_say_to_mend_what_nobody_looked_at(spoil: Callable[..., Any], action: str) -> None:
    report = spoil(synthetic.good_report(), "m1a.strategy.one-repository")
    register = objects(report)["m1_closure_blocker_register"]
    raised = [each for each in register["blockers"] if each["raised_by"][:1] == ["m1a.strategy.one-repository"]]
    assert raised
    assert all(action in each["resolution_action"] for each in raised)


def test_register_tells_what_raised_a_code_and_what_to_do() -> None:
    register = objects(synthetic.fail_row(synthetic.good_report(), "m1a.strategy.one-repository"))[
        "m1_closure_blocker_register"
    ]
    (entry,) = (each for each in register["blockers"] if each["raised_by"] == ["m1a.strategy.one-repository"])
    assert (entry["detected_at_utc"], entry["resolution_status"]) == (WRITTEN_AT, "OPEN")
    assert entry["evidence_ref"] == "image_contract_manifest.json"
    (check,) = (check for check in packaged_checks() if check.id == "m1a.strategy.one-repository")
    assert entry["resolution_action"] == check.fix
    assert register["severity_counts"]["S1"] >= 1
    total = sum(bool(each["raised_by"]) for each in register["blockers"])
    assert sum(register["severity_counts"].values()) == total


def test_accepted_code_stays_active_and_says_so() -> None:
    failed = synthetic.fail_row(synthetic.good_report(), "m1a.strategy.one-repository")
    before = objects(failed)["m1_closure_blocker_register"]
    code = next(e["blocker_id"] for e in before["blockers"] if e["raised_by"] == ["m1a.strategy.one-repository"])
    accepted = {"blocker": code, "owner": "somebody", "reason": "for now"}
    register = objects(carrying(failed, acceptances=[accepted]))["m1_closure_blocker_register"]
    states = {entry["blocker_id"]: entry["resolution_status"] for entry in register["blockers"] if entry["raised_by"]}
    assert states[code] == "ACCEPTED"
    assert {status for other, status in states.items() if other != code} == {"OPEN"}
    assert register["acceptances"] == [{"blocker_id": code, "owner": "somebody", "reason": "for now"}]


@pytest.mark.parametrize(
    ("expires", "written", "count"),
    [("2026-02-22", "WAIVED", 0), ("2026-02-21", "FAIL", 1), ("2027-01-01", "WAIVED", 0)],
    ids=["on its last day", "a day late", "long before"],
)
def test_advisory_counts_unless_it_is_waived_in_time(expires: str, written: str, count: int) -> None:
    waiver = {"check": ADVISORY, "owner": "somebody", "reason": "for now", "expires": expires}
    report = carrying(synthetic.fail_row(synthetic.good_report(), ADVISORY), waivers=[waiver])
    register = objects(report)["m1_closure_blocker_register"]
    assert {entry["check"]: entry["status"] for entry in register["advisories"]}[ADVISORY] == written
    assert register["severity_counts"]["S3"] == count
    assert register["waivers"] == [waiver]


def test_only_a_failed_advisory_can_be_waived() -> None:
    for row, spoil in ((ADVISORY, synthetic.error_row), ("m1a.strategy.one-repository", synthetic.fail_row)):
        waiver = {"check": row, "owner": "somebody", "reason": "for now", "expires": "2027-01-01"}
        verdict = synthetic.adjudicated(carrying(spoil(synthetic.good_report(), row), waivers=[waiver]))
        assert verdict.results[row].outcome != "waived"
        assert not verdict.passed


def test_handoff_says_what_holds_what_not_and_what_is_put_off(good: Mapping[str, Any]) -> None:
    snapshot = good["m1_handoff_readiness_snapshot"]
    assert snapshot["m1_subphase_status"] == dict.fromkeys("ABCDE", "PASS")
    assert (snapshot["active_blockers"], snapshot["m2_entry_gate_ready"], snapshot["fail_closed"]) == ([], True, False)
    assert "deferred: m1c.linkage.run-json (run-linkage)" in snapshot["notes"]
    assert not any(note.startswith("not held: ") for note in snapshot["notes"])
    report = synthetic.fail_row(synthetic.good_report(), "m1b.matrix.plan-covered", "matrix-differs")
    snapshot = objects(report)["m1_handoff_readiness_snapshot"]
    assert (snapshot["m2_entry_gate_ready"], snapshot["fail_closed"]) == (False, True)
    assert snapshot["m1_subphase_status"] == {"A": "PASS", "B": "FAIL", "C": "PASS", "D": "PASS", "E": "FAIL"}
    assert "not held: m1b.matrix.plan-covered (fail, matrix-differs)" in snapshot["notes"]
    assert not any(note.startswith("not held: m1a.") for note in snapshot["notes"])
    assert snapshot["active_blockers"]


def test_lane_tells_its_own_rows_and_codes() -> None:
    changed = objects(synthetic.fail_row(synthetic.good_report(), "m1b.matrix.plan-covered"))
    lane = changed["m1b_execution_snapshot"]
    assert (lane["lane"], lane["verdict"], lane["overall_pass"]) == ("M1.B", "FAIL", False)
    assert len(lane["active_blockers"]) == 1
    assert lane["outcomes"]["fail"] == 1
    assert {row["id"]: row["status"] for row in lane["checks"]}["m1b.matrix.plan-covered"] == "FAIL"
    assert all(row["id"].startswith("m1b.") for row in lane["checks"])
    other = changed["m1a_execution_snapshot"]
    assert (other["verdict"], other["overall_pass"], other["active_blockers"]) == ("PASS", True, [])


def test_closing_receipt_passes_only_when_every_row_holds(good: Mapping[str, Any]) -> None:
    receipt = good["m1_build_go_transition_receipt"]
    assert (receipt["transition_verdict"], receipt["image_digest"]) == ("PASS", IMAGE_DIGEST)
    changed = objects(synthetic.fail_row(synthetic.good_report(), ADVISORY))["m1_build_go_transition_receipt"]
    assert changed["transition_verdict"] == "FAIL"
