"""Statements: what the formats demand, what they are about, and that they say no more than the run proved."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from packaging_readiness.contract.canonical import sha256
from selftests import synthetic
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST, WRITTEN_AT

PUSH = "m1c.push.role-permission"
BASE_PINNED = "m1a.advisory.base-pinned"
STATEMENTS = ("slsa_provenance", "test_result", "verification_summary")
ATTESTED = ["sbom.cdx.json", "slsa_provenance.json", "test_result.json", "verification_summary.json"]
# Of each predicate type: the fields that its specification requires, as paths.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "https://slsa.dev/provenance/v1": (
        "buildDefinition.buildType",
        "buildDefinition.externalParameters",
        "runDetails.builder.id",
    ),
    "https://in-toto.io/attestation/test-result/v0.1": ("result", "configuration"),
    "https://slsa.dev/verification_summary/v1": (
        "verifier.id",
        "timeVerified",
        "resourceUri",
        "policy.uri",
        "verificationResult",
        "verifiedLevels",
    ),
}
HEX = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s]+")
GOOD = synthetic.bundle(synthetic.good_report())
FAILED = synthetic.bundle(synthetic.fail_row(synthetic.good_report(), PUSH))
NOTHING = synthetic.bundle(synthetic.empty_report())


def value(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files[f"{name}.json"])
    return content


def at(content: Any, path: str) -> Any:
    for key in path.split("."):
        content = content[key]
    return content


def digests(node: Any) -> list[str]:
    """Every sha256 that a statement names below its predicate, as this suite writes digests."""
    if isinstance(node, list):
        return [digest for item in node for digest in digests(item)]
    if not isinstance(node, dict):
        return []
    own = node.get("digest")
    named = [f"sha256:{own['sha256']}"] if isinstance(own, dict) and "sha256" in own else []
    return named + [digest for child in node.values() for digest in digests(child)]


@pytest.mark.parametrize("files", [GOOD, FAILED, NOTHING], ids=["passed", "failed", "nothing"])
@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_has_the_fields_that_its_specification_requires(name: str, files: dict[str, bytes]) -> None:
    if f"{name}.json" not in files:
        assert (name, files is NOTHING) == ("slsa_provenance", True)
        return
    content = value(files, name)
    assert content.keys() == {"_type", "subject", "predicateType", "predicate"}
    assert content["_type"] == "https://in-toto.io/Statement/v1"
    assert content["subject"]
    for descriptor in content["subject"]:
        assert descriptor["digest"]
        assert all(
            re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", hexadecimal) for hexadecimal in descriptor["digest"].values()
        )
    for path in REQUIRED[content["predicateType"]]:
        assert at(content["predicate"], path) not in (None, "", [], {}), path
        if path.endswith(("buildType", "id", "Uri", "uri")):
            assert URI.fullmatch(at(content["predicate"], path))


@pytest.mark.parametrize("name", ["test_result", "verification_summary"])
def test_statements_about_the_run_are_about_image_and_commit(name: str) -> None:
    image, commit = value(GOOD, name)["subject"]
    assert image["digest"] == {"sha256": IMAGE_DIGEST.removeprefix("sha256:")}
    assert commit["digest"] == {"gitCommit": GIT_SHA}
    assert [subject["digest"] for subject in value(NOTHING, name)["subject"]] == [{"gitCommit": GIT_SHA}]


def test_provenance_is_about_the_image_alone_and_names_its_source() -> None:
    content = value(GOOD, "slsa_provenance")
    (image,) = content["subject"]
    assert image["digest"] == {"sha256": IMAGE_DIGEST.removeprefix("sha256:")}
    build = content["predicate"]["buildDefinition"]
    assert build["resolvedDependencies"] == [{"name": "source", "digest": {"gitCommit": GIT_SHA}}]
    assert build["externalParameters"]["workflow"] == ".github/workflows/dev_full_m1_packaging.yml"
    assert content["predicate"]["runDetails"]["metadata"] == {
        "invocationId": "https://github.com/example/platform/actions/runs/22283456789",
        "finishedOn": "2026-02-22T19:40:00Z",
    }


def test_provenance_is_not_claimed_where_no_image_was_seen() -> None:
    assert "slsa_provenance.json" not in NOTHING
    assert [entry["path"] for entry in value(NOTHING, "release_metadata_receipt")["attestations"]] == [
        name for name in ATTESTED if name != "slsa_provenance.json"
    ]


def test_test_result_lists_every_row_once_and_names_its_configuration() -> None:
    content = value(GOOD, "test_result")["predicate"]
    results = value(GOOD, "check_results")["results"]
    assert content["result"] == "PASSED"
    assert content["failedTests"] == []
    by_outcome = {row["id"]: row["outcome"] for row in results}
    assert content["passedTests"] == [row for row, outcome in by_outcome.items() if outcome == "pass"]
    assert content["warnedTests"] == [row for row, outcome in by_outcome.items() if outcome == "deferred"]
    assert content["warnedTests"]
    suite = value(GOOD, "check_results")["run"]["suite_digest"]
    expected = [sha256(GOOD["check_results.json"]), sha256(GOOD["contract.json"]), suite]
    assert digests(content["configuration"]) == expected


@pytest.mark.parametrize("spoil", [synthetic.fail_row, synthetic.error_row, synthetic.drop_row])
def test_run_that_did_not_pass_says_failed(spoil: Any) -> None:
    files = synthetic.bundle(spoil(synthetic.good_report(), PUSH))
    content = value(files, "test_result")["predicate"]
    assert content["result"] == "FAILED"
    assert PUSH in content["failedTests"]
    summary = value(files, "verification_summary")["predicate"]
    assert (summary["verificationResult"], summary["verifiedLevels"]) == ("FAILED", ["FAILED"])


def test_waived_advisory_is_a_warning() -> None:
    report = synthetic.fail_row(synthetic.good_report(), BASE_PINNED)
    waiver = {"check": BASE_PINNED, "owner": "me", "reason": "until then", "expires": "2026-03-31"}
    report["readiness"]["identity"]["carried"]["waivers"] = [waiver]
    content = value(synthetic.bundle(report), "test_result")["predicate"]
    assert content["result"] == "PASSED"
    assert BASE_PINNED in content["warnedTests"]


def test_summary_rests_on_the_statements_and_on_the_contract() -> None:
    content = value(GOOD, "verification_summary")["predicate"]
    assert content["verificationResult"] == "PASSED"
    assert content["timeVerified"] == WRITTEN_AT
    assert content["policy"]["digest"] == {"sha256": sha256(GOOD["contract.json"])[7:]}
    assert {entry["uri"]: f"sha256:{entry['digest']['sha256']}" for entry in content["inputAttestations"]} == {
        name: sha256(GOOD[name]) for name in ("slsa_provenance.json", "test_result.json")
    }
    assert IMAGE_DIGEST in content["resourceUri"]
    assert GIT_SHA in value(NOTHING, "verification_summary")["predicate"]["resourceUri"]


def test_release_receipt_refers_to_all_by_digest() -> None:
    receipt = value(GOOD, "release_metadata_receipt")
    assert receipt["attestations"] == [{"path": name, "digest": sha256(GOOD[name])} for name in ATTESTED]
    assert set(ATTESTED) <= set(receipt["release_metadata_refs"])


def test_references_never_go_round() -> None:
    """Each object names only digests of objects that were there before it."""
    made = ["contract.json", "check_results.json", *ATTESTED, "release_metadata_receipt.json", "bundle_manifest.json"]
    digest_of = {name: sha256(data) for name, data in GOOD.items()}
    for position, name in enumerate(made):
        later = {digest_of[other] for other in made[position:]}
        assert not [digest for digest in later if digest.encode() in GOOD[name] or digest[7:].encode() in GOOD[name]]


def test_same_reports_give_the_same_statements_whatever_their_order() -> None:
    report = synthetic.good_report()
    halves = [{**report, "tests": report["tests"][::2]}, {**report, "tests": report["tests"][1::2]}]
    halves[1] = json.loads(json.dumps(halves[1]))
    halves[1]["readiness"]["nonce"] = "0" * 32
    merged, turned = synthetic.bundle(*halves), synthetic.bundle(*halves[::-1])
    for name in ATTESTED:
        assert merged[name] == turned[name] == GOOD[name]
