"""Statements and results of one run, changed fact by fact: what each says then, and leaves out."""

from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.evidence import statements
from packaging_readiness.evidence.attested import attested
from packaging_readiness.evidence.files import bundle_files, check_results, derived, manifest, run_record
from packaging_readiness.evidence.subjects import digest_set, image_digest, image_purl, subjects
from packaging_readiness.verdict.adjudicate import Verdict
from packaging_readiness.verdict.results import Result
from selftests import synthetic
from selftests.stored_facts import CONTRACT
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST, RUN_ID

REPORT = synthetic.good_report()
GOOD = synthetic.adjudicated(REPORT)
RECORD = "m1c.provenance.build-record"
URI = "230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full"
HEX = "2f" * 32


def field(name: str) -> str:
    return f"m1c.provenance.field[{name}]"


def run(verdict: Verdict = GOOD, **changes: Any) -> Verdict:
    return replace(verdict, run=replace(verdict.run, **changes))


def with_rows(*results: Result) -> Verdict:
    return replace(GOOD, results={**GOOD.results, **{result.id: result for result in results}})


def handles(**changes: str | None) -> Verdict:
    kept = {key: value for key, value in {**CONTRACT.handles, **changes}.items() if value is not None}
    return run(contract=replace(CONTRACT, handles=kept))


WITHOUT_IMAGE = run(image=None)


def provenance(verdict: Verdict) -> dict[str, Any]:
    content = statements.provenance(verdict, "sha256:aa", "sbom.cdx.json")
    assert content is not None
    assert (content["_type"], content["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "https://slsa.dev/provenance/v1",
    )
    predicate: dict[str, Any] = content["predicate"]
    return {**predicate["buildDefinition"], **predicate["runDetails"], "subject": content["subject"]}


def test_the_provenance_says_what_was_observed() -> None:
    said = provenance(GOOD)
    assert said["externalParameters"] == {
        "dockerfile": "Dockerfile",
        "context": ".",
        "platform": "linux/amd64",
        "tag": f"git-{GIT_SHA}",
        "workflow": ".github/workflows/dev_full_m1_packaging.yml",
    }
    assert said["internalParameters"] == {
        "actor": "release-bot",
        "engine": "podman",
        "engineVersion": "4.3.1",
        "factsSource": "ci-environment",
        "dirtyTree": False,
    }
    assert said["builder"]["id"].endswith("/builders/github_actions")
    assert said["byproducts"] == [{"name": "sbom.cdx.json", "digest": {"sha256": "aa"}}]
    assert said["subject"] == [{"name": URI, "digest": {"sha256": HEX}}]
    assert statements.provenance(WITHOUT_IMAGE, "sha256:aa", "sbom.cdx.json") is None


def test_the_provenance_leaves_out_what_is_not_known() -> None:
    unknown = [field(name) for name in ("build_driver", "image_tag", "build_actor", "build_completed_at_utc")]
    said = provenance(with_rows(*(Result(row_id, "error") for row_id in [*unknown, RECORD])))
    assert set(said["externalParameters"]) == {"dockerfile", "context", "platform"}
    assert set(said["internalParameters"]) == {"engine", "engineVersion", "dirtyTree"}
    assert said["builder"]["id"].endswith("/builders/unknown")
    assert set(said["metadata"]) == {"invocationId"}
    assert provenance(handles(ECR_REPO_URI=None))["subject"][0]["name"] == "image"
    fewer = {name: result for name, result in GOOD.results.items() if name not in unknown}
    assert provenance(replace(GOOD, results=fewer))["builder"]["id"].endswith("/builders/unknown")


def test_the_provenance_names_the_run_that_built() -> None:
    identity = GOOD.run.identity
    assert provenance(GOOD)["metadata"]["invocationId"] == identity.workflow_run_url
    local = run(identity=replace(identity, workflow_run_id=None, workflow_run_url=None))
    assert provenance(local)["metadata"]["invocationId"] == RUN_ID


@pytest.mark.parametrize(
    ("base", "digest", "named"),
    [
        ("debian:12", "sha256:bb", True),
        ("debian:12", None, False),
        (None, "sha256:bb", False),
        (["debian"], "sha256:bb", False),
        ("debian:12", ["sha256:bb"], False),
    ],
)
def test_the_base_is_named_where_it_has_name_and_digest(base: Any, digest: Any, named: bool) -> None:
    image = {**synthetic.IMAGE, "base": base, "base_digest": digest}
    source = {"name": "source", "digest": {"gitCommit": GIT_SHA}}
    built_on = [{"name": "debian:12", "digest": {"sha256": "bb"}}] if named else []
    assert provenance(run(image=image))["resolvedDependencies"] == [source, *built_on]


def test_each_outcome_has_its_list() -> None:
    outcomes: dict[str, Any] = {
        name: Result(name, name) for name in ("pass", "deferred", "waived", "fail", "error", "not_run")
    }
    said = statements.test_result(replace(GOOD, results=outcomes), {"b": "sha256:bb", "a": "sha256:aa"})["predicate"]
    assert (said["passedTests"], said["warnedTests"]) == (["pass"], ["deferred", "waived"])
    assert (said["failedTests"], said["result"]) == (["fail", "error", "not_run"], "FAILED")
    assert [(entry["name"], entry["digest"]["sha256"]) for entry in said["configuration"]] == [
        ("a", "aa"),
        ("b", "bb"),
        ("packaging-readiness-0.1.0", "11" * 32),
    ]
    held = {name: outcomes[name] for name in ("pass", "deferred", "waived")}
    assert statements.test_result(replace(GOOD, results=held), {})["predicate"]["result"] == "PASSED"


def test_the_summary_says_what_may_leave() -> None:
    content = statements.summary(GOOD, "sha256:c:c", {"b": "sha256:b:b", "a": "sha256:aa"})
    said = content["predicate"]
    assert content["subject"] == subjects(GOOD)
    assert said["verifier"]["version"] == {"packaging-readiness": "0.1.0"}
    assert said["resourceUri"] == f"pkg:oci/fraud-platform-dev-full@{IMAGE_DIGEST}?repository_url={URI}"
    assert said["policy"]["uri"].endswith("/contracts/dev_full")
    assert said["policy"]["digest"] == {"sha256": "c:c"}
    assert [(entry["uri"], entry["digest"]["sha256"]) for entry in said["inputAttestations"]] == [
        ("a", "aa"),
        ("b", "b:b"),
    ]
    assert (said["verificationResult"], said["slsaVersion"]) == ("PASSED", "1.0")
    assert said["verifiedLevels"] == ["SLSA_BUILD_LEVEL_UNEVALUATED", "PACKAGING_READINESS_M1"]
    failed = statements.summary(with_rows(Result(RECORD, "fail")), "sha256:cc", {})["predicate"]
    assert (failed["verificationResult"], failed["verifiedLevels"]) == ("FAILED", ["FAILED"])


@pytest.mark.parametrize(("sha", "expected"), [("a" * 40, "sha1:" + "a" * 40), ("a" * 64, "sha256:" + "a" * 64)])
def test_without_an_image_the_summary_is_of_the_commit(sha: str, expected: str) -> None:
    verdict = run(WITHOUT_IMAGE, identity=replace(GOOD.run.identity, git_sha=sha))
    content = statements.summary(verdict, "sha256:cc", {})
    assert content["predicate"]["resourceUri"] == f"gitoid:commit:{expected}"
    assert content["subject"] == [{"name": "source", "digest": {"gitCommit": sha}}]


def test_things_are_named_by_their_digests() -> None:
    assert digest_set("sha256:aa:bb") == {"sha256": "aa:bb"}
    assert (image_digest(GOOD), image_digest(WITHOUT_IMAGE)) == (IMAGE_DIGEST, None)
    assert [each["name"] for each in subjects(GOOD)] == [URI, "source"]
    assert [each["name"] for each in subjects(handles(ECR_REPO_URI=None))] == ["image", "source"]


@pytest.mark.parametrize(
    ("name", "uri", "digest", "expected"),
    [
        ("a/b/Fraud", "h/x y", "sha256:aa", "pkg:oci/fraud@sha256:aa?repository_url=h/x%20y"),
        ("fr@ud", "h:5/x", None, "pkg:oci/fr%40ud?repository_url=h:5/x"),
        (None, None, "sha256:a/a", "pkg:oci/image@sha256:a%2Fa"),
        ("a", None, None, "pkg:oci/a"),
    ],
)
def test_the_package_url_of_an_image(name: str | None, uri: str | None, digest: str | None, expected: str) -> None:
    contract = handles(ECR_REPO_NAME=name, ECR_REPO_URI=uri).run.contract
    assert image_purl(contract, digest) == expected


def test_files_of_a_bundle_follow_from_the_verdict_and_the_reports() -> None:
    reports = synthetic.read(REPORT)
    files = bundle_files(GOOD, reports)
    assert list(files) == [*sorted(set(files) - {"bundle_manifest.json"}), "bundle_manifest.json"]
    others = {name: data for name, data in files.items() if name != "bundle_manifest.json"}
    assert files["bundle_manifest.json"] == manifest(others, GOOD)
    values, data = derived(GOOD)
    assert {name: canonical_json(values[name]) for name in values} == data
    assert set(files) - set(data) == {"bundle_manifest.json", "run_record.json"}
    results = check_results(GOOD)
    assert (results["verdict"], check_results(with_rows(Result(RECORD, "fail")))["verdict"]) == ("PASS", "FAIL")
    assert (results["run"]["platform_run_id"], results["run"]["carried"]) == (
        RUN_ID,
        {"waivers": [], "acceptances": []},
    )


def test_the_run_record_has_every_report_in_the_order_of_its_digest() -> None:
    reports = [replace(report, digest=f"sha256:{digest}", exit_code=number)
               for number, digest in enumerate("ba") for report in synthetic.read(REPORT)]  # fmt: skip
    record = run_record(GOOD, reports)
    assert [(entry["digest"], entry["exit_code"]) for entry in record["reports"]] == [("sha256:a", 1), ("sha256:b", 0)]
    assert record["reports"][0]["finished_at_utc"] == "2026-02-22T19:49:49Z"
    assert record["reports"][0]["checks"] == len(REPORT["tests"]) == len(record["durations_s"])
    assert set(record["measured"]) <= set(record["durations_s"])


def test_the_receipt_refers_to_what_was_made_of_this_verdict() -> None:
    objects, files = attested(GOOD, ("contract.json", b"c"), ("check_results.json", b"r"))
    assert {name: canonical_json(content) for name, content in objects.items()} == files
    named = {entry["path"]: entry["digest"] for entry in objects["release_metadata_receipt.json"]["attestations"]}
    made = ["sbom.cdx.json", "slsa_provenance.json", "test_result.json", "verification_summary.json"]
    assert list(named.items()) == [(name, sha256(files[name])) for name in made]
    configuration = objects["test_result.json"]["predicate"]["configuration"]
    assert [entry["digest"]["sha256"] for entry in configuration[:2]] == [sha256(b"r")[7:], sha256(b"c")[7:]]
    objects, files = attested(WITHOUT_IMAGE, ("contract.json", b"c"), ("check_results.json", b"r"))
    assert "slsa_provenance.json" not in objects | files
    summed = objects["verification_summary.json"]["predicate"]
    assert [entry["uri"] for entry in summed["inputAttestations"]] == ["test_result.json"]
    assert summed["policy"]["digest"] == {"sha256": sha256(b"c")[7:]}
