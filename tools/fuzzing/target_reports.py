"""Reports as `bundle` takes them: edits of good ones, read, merged, adjudicated, and made a bundle of."""

import functools
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tools.fuzzing import edits
from tools.fuzzing.target import MAX_BYTES, Target, attempt

_WAIVERS = b'[{"check":"m1a.advisory.base-pinned","owner":"a","reason":"b","expires":"2026-03-31"}]\n'
_EVERY = 25  # of the rows of a small report


@functools.cache
def _files() -> Mapping[str, bytes]:
    """A small report, and the one that has its other rows."""
    from selftests import synthetic

    whole = synthetic.good_report()
    rows = whole["tests"]
    first = {**whole, "tests": rows[::_EVERY]}
    return {"first.json": synthetic.as_bytes(first)}


@functools.cache
def _whole() -> bytes:
    from selftests import synthetic

    return synthetic.as_bytes(synthetic.good_report())


def _seeds() -> list[bytes]:
    twin = json.loads(_files()["first.json"])
    twin["readiness"]["nonce"] = "0" * 32
    twin["tests"] = twin["tests"][:1]
    duration = b"-- first.json /tests/0/call/duration --\n" + b"9" * 400 + b"\n"
    return [
        b"-- report=small --\n",
        b"-- report=whole --\n",
        b'-- first.json /tests/1/outcome --\n"failed"\n-- first.json /exitcode --\n1\n',
        b"-- second.json --\n" + json.dumps(twin).encode()[:MAX_BYTES] + b"\n",
        b"-- first.json /readiness/identity/carried/waivers --\n" + _WAIVERS,
        duration,
        b"-- seal=contract --\n-- first.json /readiness/contract/entrypoints/0 --\n{}\n",
        b"-- first.json 0:1 --\n\xef\xbb\xbf{\n",
    ]


def _sealed(content: bytes) -> bytes:
    """The report with the digest of the contract that it carries, so that the contract itself is read."""
    from packaging_readiness.contract.errors import ReadinessError
    from packaging_readiness.contract.load import contract_digest

    try:
        report = json.loads(content)
        report["readiness"]["identity"]["contract_digest"] = contract_digest(report["readiness"]["contract"])
        return json.dumps(report).encode()
    except (ValueError, LookupError, TypeError, RecursionError, ReadinessError):
        return content


def _run(data: bytes) -> None:
    from packaging_readiness.commands.report_files import read_reports, refuse_secrets
    from packaging_readiness.evidence.files import bundle_files
    from packaging_readiness.evidence.verify import refuse_incoherent
    from packaging_readiness.verdict.adjudicate import adjudicate
    from packaging_readiness.verdict.merge import merge

    found = edits.parse(data)
    files = dict(_files())
    if "whole" in edits.words(found, b"report"):
        files["first.json"] = _whole()
    shutil.rmtree("reports", ignore_errors=True)
    Path("reports").mkdir()
    sealed = "contract" in edits.words(found, b"seal")
    for number, content in enumerate(edits.applied(found, files).values()):
        Path(f"reports/{number}.json").write_bytes(_sealed(content) if sealed else content)
    reports = attempt(read_reports, sorted(Path("reports").iterdir()))
    if reports is None:
        return
    attempt(refuse_secrets, reports)
    run = attempt(merge, reports)
    verdict = None if run is None else attempt(adjudicate, run)
    bundle = None if verdict is None else attempt(bundle_files, verdict, reports)
    if bundle is not None and verdict is not None and verdict.passed:
        attempt(refuse_incoherent, bundle, "hand in others")


TARGET = Target(
    name="reports",
    reads="reports given to `bundle`: read, merged, adjudicated, written as a bundle",
    seeds=_seeds,
    run=_run,
    mutate=edits.EditMutator(_files, (b"report=whole", b"seal=contract", b"seal=contract")),
    readers=(
        "packaging_readiness.commands.report_files:read_report",
        "packaging_readiness.verdict.report:decode_foreign",
        "packaging_readiness.verdict.merge:contract_from_data",
    ),
)
