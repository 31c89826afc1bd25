"""Reports of one or two tests, for the reading of reports by itself."""

import json
from collections.abc import Mapping
from typing import Any

from packaging_readiness.verdict.report import Report, read_report
from selftests.synthetic_facts import GIT_SHA, RUN_ID, WRITTEN_AT

IDENTITY: Mapping[str, Any] = {
    "platform_run_id": RUN_ID,
    "written_at_utc": WRITTEN_AT,
    "suite_version": "0.1.0",
    "suite_digest": "sha256:" + "11" * 32,
    "contract_digest": "sha256:" + "22" * 32,
    "git_sha": GIT_SHA,
    "git_ref": None,
    "dirty": False,
    "aws": "embedded",
    "workflow_run_id": None,
    "workflow_run_url": None,
    "carried": {},
}
RECORD: Mapping[str, Any] = {
    "check": "m1a.x.one",
    "outcome": "pass",
    "reason": "",
    "expected": "it holds",
    "found": [],
    "observation": {"exit_code": 0},
    "notes": ["a note"],
    "deferral": None,
    "image": None,
    "measured": {},
}


def ran(
    setup: Any = "passed", call: Any = "passed", teardown: Any = "passed", ended: str = "passed", **record: Any
) -> Any:
    """One test of a report; a phase that is None is not there."""
    named = {"setup": setup, "call": call, "teardown": teardown}
    phases = {
        name: {"outcome": phase, "duration": 0.5} if isinstance(phase, str) else phase
        for name, phase in named.items()
        if phase is not None
    }
    return {"nodeid": "t.py::x", "outcome": ended, **phases, "metadata": {"readiness": {**RECORD, **record}}}


def content(*tests: Any, **changes: Any) -> dict[str, Any]:
    """The plain data of a report that holds these tests."""
    header = {"schema": 1, "identity": IDENTITY, "contract": {"a": 1}, "nonce": "n", "invocation": {}}
    return {"created": 1.0, "summary": {}, "exitcode": 0, "tests": list(tests), "readiness": header, **changes}


def read(*tests: Any, **changes: Any) -> Report:
    """What is read from it."""
    return read_report(json.dumps(content(*tests, **changes)).encode(), "r.json")
