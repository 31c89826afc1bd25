"""A passing run under the packaged contract, as plain data: no engine, no git, no registry, no clock.

Every row that a test decides is there, with the observations that its check records. Take a report, spoil it with
`fail_row`, `error_row` or `drop_row` (each returns a new report), and hand it to `adjudicated` or `bundle`.
"""

import copy
import functools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from packaging_readiness.contract.inventory import CheckRow, expand, packaged_checks
from packaging_readiness.contract.load import contract_digest, load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.evidence.files import bundle_files
from packaging_readiness.verdict.adjudicate import Verdict, adjudicate
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.report import Report, read_report
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST, RUN_ID, WRITTEN_AT, observation

IMAGE: Mapping[str, Any] = {
    "digest": IMAGE_DIGEST,
    "reference": "localhost/packaging-readiness:latest",
    "media_type": "application/vnd.oci.image.manifest.v1+json",
    "manifest_bytes": 2724,
    "architecture": "amd64",
    "os": "linux",
    "user": "10001",
    "engine": "podman",
    "engine_version": "4.3.1",
    "origin": "given",
    "base": None,
    "base_digest": None,
    "source": None,
    "hardening": ["--network=none", "--read-only"],
}


def good_report() -> dict[str, Any]:
    """A report of one whole run in which every row holds under `dev_full`. A fresh copy each time."""
    report: dict[str, Any] = json.loads(_good())
    return report


def as_bytes(report: Mapping[str, Any]) -> bytes:
    """The report as the file that pytest would have written."""
    return json.dumps(accounted(report), indent=1).encode()


def accounted(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report with the summary and the exit code (0 or 1) of its tests, written when they were done."""
    outcomes = Counter(str(test["outcome"]) for test in report["tests"])
    summary = {**outcomes, "total": len(report["tests"]), "collected": len(report["tests"])}
    began = datetime.fromisoformat(report["readiness"]["identity"]["written_at_utc"]).timestamp()
    failed = int(outcomes["failed"] + outcomes["error"] > 0)
    ended = report["exitcode"] if report["exitcode"] not in (0, 1) else failed
    return {"created": began + 60.5, "duration": 59.5, **report, "exitcode": ended, "summary": summary}


def fail_row(report: Mapping[str, Any], row_id: str, reason: str = "made-to-fail") -> dict[str, Any]:
    """The same report with one row failed by its check. Raises KeyError for a row that is not in the report."""
    return _spoiled(report, [row_id], "fail", reason)


def error_row(report: Mapping[str, Any], row_id: str, reason: str = "cannot-tell") -> dict[str, Any]:
    """The same report with one row that could not find out, and so observed nothing."""
    return _spoiled(report, [row_id], "error", reason)


def fail_every_row(report: Mapping[str, Any]) -> dict[str, Any]:
    """The same report with each row failed by its check."""
    return _spoiled(report, row_ids(report), "fail", "made-to-fail")


def error_every_row(report: Mapping[str, Any]) -> dict[str, Any]:
    """The same report with nothing found out."""
    return _spoiled(report, row_ids(report), "error", "cannot-tell")


def row_ids(report: Mapping[str, Any]) -> list[str]:
    """The rows that the report speaks of."""
    return [test["metadata"]["readiness"]["check"] for test in report["tests"]]


def drop_row(report: Mapping[str, Any], row_id: str) -> dict[str, Any]:
    """The same report without one row, as if it had been deselected."""
    _test(report, row_id)
    kept = [test for test in report["tests"] if test["metadata"]["readiness"]["check"] != row_id]
    return {**copy.deepcopy(dict(report)), "tests": copy.deepcopy(kept)}


def observe(report: Mapping[str, Any], row_id: str, **facts: Any) -> dict[str, Any]:
    """The same report with other facts observed by one row."""
    changed = copy.deepcopy(dict(report))
    _record(changed, row_id)["observation"].update(facts)
    return changed


def empty_report() -> dict[str, Any]:
    """A report of the same run that speaks of no row."""
    return {**good_report(), "tests": []}


def read(*reports: Mapping[str, Any]) -> list[Report]:
    """The reports as typed values, read the way a file is."""
    return [read_report(as_bytes(report), f"report-{index}.json") for index, report in enumerate(reports)]


def adjudicated(*reports: Mapping[str, Any]) -> Verdict:
    """The verdict of the reports together."""
    return adjudicate(merge(read(*reports)))


def bundle(*reports: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of the bundle that follows from the reports, by name."""
    given = read(*reports)
    return bundle_files(adjudicate(merge(given)), given)


def objects(*reports: Mapping[str, Any]) -> dict[str, Any]:
    """The objects of the bundle as plain values, by name without `.json`."""
    return {name.removesuffix(".json"): json.loads(data) for name, data in bundle(*reports).items()}


@functools.cache
def _good() -> str:
    contract, data = load_contract("dev_full")
    tests = [_passed(row, contract) for row in expand(packaged_checks(), contract) if row.check.decided_by == "test"]
    return json.dumps({"exitcode": 0, "tests": tests, "readiness": _header(data)})


def _header(contract_data: Mapping[str, Any]) -> dict[str, Any]:
    identity = {
        "platform_run_id": RUN_ID,
        "written_at_utc": WRITTEN_AT,
        "suite_version": "0.1.0",
        "suite_digest": "sha256:" + "11" * 32,
        "contract_digest": contract_digest(contract_data),
        "git_sha": GIT_SHA,
        "git_ref": "main",
        "dirty": False,
        "aws": "real",
        "workflow_run_id": "22283456789",
        "workflow_run_url": "https://github.com/example/platform/actions/runs/22283456789",
        "carried": {"waivers": [], "acceptances": []},
    }
    return {
        "schema": 1,
        "identity": identity,
        "contract": contract_data,
        "nonce": "93f33d1ddfc2371ca8b9e3a30e4e2c52",
        "invocation": {"arguments": ["-q"]},
    }


def _passed(row: CheckRow, contract: Contract) -> dict[str, Any]:
    deferrals = {
        "m1c.paths.evidence-bucket": "evidence-upload",
        "m1c.linkage.run-json": "run-linkage",
        "m1d.sources.materialisation": "secret-materialisation",
    }
    record: dict[str, Any] = {
        "check": row.id,
        "outcome": "pass",
        "reason": "",
        "expected": row.check.title,
        "found": [],
        "observation": observation(row, contract),
        "notes": [],
        "deferral": deferrals.get(row.id),
        "image": dict(IMAGE) if "image" in row.check.needs else None,
        "measured": {"duration_s": 0.128} if row.check.id.startswith("m1b.run") else {},
    }
    phase = {"duration": 0.001, "outcome": "passed"}
    return {
        "nodeid": f"tests_{row.check.lane}/test_box_{row.check.dod}.py::test_{row.check.id}",
        "outcome": "passed",
        "setup": dict(phase),
        "call": dict(phase),
        "teardown": dict(phase),
        "metadata": {"readiness": record},
    }


def _test(report: Mapping[str, Any], row_id: str) -> dict[str, Any]:
    for test in report["tests"]:
        if test["metadata"]["readiness"]["check"] == row_id:
            found: dict[str, Any] = test
            return found
    raise KeyError(row_id)


def _record(report: Mapping[str, Any], row_id: str) -> dict[str, Any]:
    record: dict[str, Any] = _test(report, row_id)["metadata"]["readiness"]
    return record


def _spoiled(report: Mapping[str, Any], spoiled: Sequence[str], outcome: str, reason: str) -> dict[str, Any]:
    changed = copy.deepcopy(dict(report))
    changed["exitcode"] = 1
    for row_id in spoiled:
        test = _test(changed, row_id)
        test["outcome"] = test["call"]["outcome"] = "failed"
        record = test["metadata"]["readiness"]
        record.update(outcome=outcome, reason=reason, found=[f"{row_id}: spoiled by a test"])
        if outcome == "error":
            record["observation"] = {}
    return changed
