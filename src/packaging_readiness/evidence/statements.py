"""in-toto statements about one run: the build's provenance, the test result, and the summary of the verification.

Each follows from the verdict and from the digests of objects that do not refer back: results and contract first, then
provenance and SBOM, then the test result, then the summary. Sources: in-toto Attestation Framework (Statement v1,
test-result v0.1); SLSA provenance v1 and verification summary v1.
"""

from collections.abc import Mapping
from typing import Any

from packaging_readiness.evidence.subjects import commit, image_digest, image_purl, resource, subjects
from packaging_readiness.verdict.adjudicate import Verdict

PROVENANCE, TEST_RESULT, SUMMARY = "slsa_provenance.json", "test_result.json", "verification_summary.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
_OURS = "https://packaging-readiness.invalid"
_RECORD = "m1c.provenance.build-record"
_PASSED, _WARNED = ("pass",), ("deferred", "waived")
_ALL_HELD = ["SLSA_BUILD_LEVEL_UNEVALUATED", "PACKAGING_READINESS_M1"]


def provenance(verdict: Verdict, sbom_digest: str, sbom_name: str) -> dict[str, Any] | None:
    """Who built the image from what, as far as it was observed; None where no image was: nothing was built then."""
    digest = image_digest(verdict)
    if digest is None:
        return None
    run, contract, image = verdict.run, verdict.run.contract, verdict.run.image or {}
    fact = verdict.results[_RECORD].observation.get
    driver = _provenance(verdict, "build_driver") or "unknown"
    parameters = {
        "dockerfile": contract.image.dockerfile,
        "context": contract.image.context,
        "platform": contract.image.platform,
        "tag": _provenance(verdict, "image_tag"),
        "workflow": fact("workflow_path"),
    }
    base, base_digest = image.get("base"), image.get("base_digest")
    built_on = [resource(base, base_digest)] if isinstance(base, str) and isinstance(base_digest, str) else []
    metadata = {
        "invocationId": run.identity.workflow_run_url or run.identity.platform_run_id,
        "finishedOn": _provenance(verdict, "build_completed_at_utc"),
    }
    return _statement(
        [resource(contract.handles.get("ECR_REPO_URI", "image"), digest)],
        "https://slsa.dev/provenance/v1",
        {
            "buildDefinition": {
                "buildType": f"{_OURS}/build-types/container-image/v1",
                "externalParameters": _known(parameters),
                "internalParameters": _known(
                    {
                        "actor": _provenance(verdict, "build_actor"),
                        "engine": image.get("engine"),
                        "engineVersion": image.get("engine_version"),
                        "factsSource": fact("facts_source"),
                        "dirtyTree": run.identity.dirty,
                    }
                ),
                "resolvedDependencies": [commit(verdict), *built_on],
            },
            "runDetails": {
                "builder": {"id": f"{_OURS}/builders/{driver}"},
                "metadata": _known(metadata),
                "byproducts": [resource(sbom_name, sbom_digest)],
            },
        },
    )


def test_result(verdict: Verdict, digests: Mapping[str, str]) -> dict[str, Any]:
    """Which rows held. `digests` are those of contract and results, by object name; they and the suite are its
    configuration."""
    by_outcome: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for row_id, result in verdict.results.items():
        name = (
            "passedTests"
            if result.outcome in _PASSED
            else "warnedTests"
            if result.outcome in _WARNED
            else "failedTests"
        )
        by_outcome[name].append(row_id)
    identity = verdict.run.identity
    suite = resource(f"packaging-readiness-{identity.suite_version}", identity.suite_digest)
    return _statement(
        subjects(verdict),
        "https://in-toto.io/attestation/test-result/v0.1",
        {
            "result": "PASSED" if verdict.passed else "FAILED",
            "configuration": [*(resource(name, digest) for name, digest in sorted(digests.items())), suite],
            **by_outcome,
        },
    )


def summary(verdict: Verdict, contract_digest: str, digests: Mapping[str, str]) -> dict[str, Any]:
    """May the image leave packaging? `digests` are those of the statements that the answer rests on."""
    run, digest = verdict.run, image_digest(verdict)
    uri = image_purl(run.contract, digest) if digest else f"gitoid:commit:{_algorithm(run.identity.git_sha)}"
    return _statement(
        subjects(verdict),
        "https://slsa.dev/verification_summary/v1",
        {
            "verifier": {
                "id": f"{_OURS}/verifiers/packaging-readiness",
                "version": {"packaging-readiness": run.identity.suite_version},
            },
            "timeVerified": run.identity.written_at_utc,
            "resourceUri": uri,
            "policy": {
                "uri": f"{_OURS}/contracts/{run.contract.name}",
                "digest": {"sha256": contract_digest.partition(":")[2]},
            },
            "inputAttestations": [
                {"uri": name, "digest": {"sha256": value.partition(":")[2]}} for name, value in sorted(digests.items())
            ],
            "verificationResult": "PASSED" if verdict.passed else "FAILED",
            "verifiedLevels": list(_ALL_HELD) if verdict.passed else ["FAILED"],
            "slsaVersion": "1.0",
        },
    )


def _statement(about: list[dict[str, Any]], kind: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    return {"_type": STATEMENT_TYPE, "subject": about, "predicateType": kind, "predicate": dict(predicate)}


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is known: a statement leaves out what it cannot say."""
    return {name: value for name, value in facts.items() if value is not None}


def _provenance(verdict: Verdict, field: str) -> Any:
    result = verdict.results.get(f"m1c.provenance.field[{field}]")
    return None if result is None else result.observation.get(field)


def _algorithm(sha: str) -> str:
    return f"sha1:{sha}" if len(sha) == 40 else f"sha256:{sha}"
