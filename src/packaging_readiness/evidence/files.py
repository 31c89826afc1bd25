"""A verdict as the files of its bundle: names and bytes, nothing else."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.evidence.attested import attested
from packaging_readiness.verdict.adjudicate import Verdict
from packaging_readiness.verdict.report import Report

MANIFEST = "bundle_manifest.json"
CONTRACT = "contract.json"
RESULTS = "check_results.json"
RUN_RECORD = "run_record.json"


def derived(verdict: Verdict) -> tuple[dict[str, Mapping[str, Any]], dict[str, bytes]]:
    """Every object that follows from the verdict alone, by file name: as plain data, and in its bytes."""
    objects: dict[str, Mapping[str, Any]] = {f"{name}.json": content for name, content in verdict.objects.items()}
    objects |= {CONTRACT: verdict.run.contract_data, RESULTS: check_results(verdict)}
    files = {name: canonical_json(content) for name, content in objects.items()}
    more, their_bytes = attested(verdict, (CONTRACT, files[CONTRACT]), (RESULTS, files[RESULTS]))
    return {**objects, **more}, {**files, **their_bytes}


def derived_files(verdict: Verdict) -> dict[str, bytes]:
    """The bytes of every object that follows from the verdict alone: all but run record and manifest."""
    return derived(verdict)[1]


def bundle_files(verdict: Verdict, reports: Sequence[Report]) -> dict[str, bytes]:
    """All files of the bundle by name; the manifest last, because it is the commit of the rest."""
    files = derived_files(verdict)
    files[RUN_RECORD] = canonical_json(run_record(verdict, reports))
    return {**dict(sorted(files.items())), MANIFEST: manifest(files, verdict)}


def check_results(verdict: Verdict) -> dict[str, Any]:
    """Every row of the inventory with its result, and the identity they belong to: the source of all other objects."""
    identity = asdict(verdict.run.identity)
    results = []
    for row in verdict.run.rows:
        result = verdict.results[row.id]
        results.append(
            {
                "id": row.id,
                "lane": row.check.lane,
                "dod": row.check.dod,
                "severity": row.severity,
                "blocker": row.blocker,
                "decided_by": row.check.decided_by,
                "outcome": result.outcome,
                "reason": result.reason,
                "expected": result.expected,
                "found": list(result.found),
                "observation": dict(result.observation),
                "notes": list(result.notes),
                "deferral": result.deferral,
                "withheld": list(result.withheld),
            }
        )
    return {
        "object": "check_results",
        "object_version": 1,
        "phase_id": verdict.run.contract.phase_id,
        "verdict": "PASS" if verdict.passed else "FAIL",
        "run": identity | {"carried": {kind: list(entries) for kind, entries in identity["carried"].items()}},
        "image": verdict.run.image,
        "results": results,
    }


def run_record(verdict: Verdict, reports: Sequence[Report]) -> dict[str, Any]:
    """What differs between two runs by nature: durations, nonces, report digests, layout, options."""
    return {
        "object": "run_record",
        "object_version": 1,
        "platform_run_id": verdict.run.identity.platform_run_id,
        "reports": [
            {
                "digest": report.digest,
                "nonce": report.header.nonce,
                "exit_code": report.exit_code,
                "checks": len(report.results),
                "written_at_utc": report.header.identity.written_at_utc,
                "finished_at_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(report.account.created)),
                "invocation": dict(report.header.invocation),
            }
            for report in sorted(reports, key=lambda report: report.digest)
        ],
        "durations_s": {name: value for report in reports for name, value in report.durations.items()},
        "measured": {name: dict(value) for report in reports for name, value in report.measured.items()},
    }


def manifest(files: Mapping[str, bytes], verdict: Verdict) -> bytes:
    """Name, size and sha256 of every other object; derivable from them."""
    return canonical_json(
        {
            "object": "bundle_manifest",
            "object_version": 1,
            "phase_id": verdict.run.contract.phase_id,
            "platform_run_id": verdict.run.identity.platform_run_id,
            "objects": [
                {"name": name, "size": len(data), "sha256": sha256(data)} for name, data in sorted(files.items())
            ],
        }
    )
