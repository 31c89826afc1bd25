"""A good run handed in as seven reports (lanes, M1.B in three shards), and edits that make the set a wrong one."""

import copy
import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import contract_digest, load_contract
from packaging_readiness.verdict.shards import shard_of
from selftests.synthetic import accounted, as_bytes, good_report

Report = dict[str, Any]
Edit = Callable[[Report], object]
Files = dict[str, bytes]
Wrong = Callable[[Files], object]
Refusals = Mapping[str, tuple[Wrong, tuple[str, ...], str]]
"""What was done: how, which reports the refusal names, and its own words."""
OTHER_SHA, OTHER_DIGEST = "0" * 40, "sha256:" + "0" * 64
SCAN, MODE, DEFAULT_DENY = "m1d.context.scan", "m1a.reference.mode", "m1a.payload.default-deny"
SHARDS = 3
CONTRACT, _ = load_contract("dev_full")
ROWS = {row.id: row for row in expand(packaged_checks(), CONTRACT)}


def row_of(test: Mapping[str, Any]) -> str:
    """The row that a test of a report is about."""
    return str(test["metadata"]["readiness"]["check"])


def good_set() -> Files:
    """The seven reports by file name. A fresh dictionary each time."""
    return dict(_good_set())


@functools.cache
def _good_set() -> Mapping[str, bytes]:
    whole = good_report()
    names = ["m1a", *(f"m1b-{index}" for index in range(1, SHARDS + 1)), "m1c", "m1d", "m1e"]
    return {f"{name}.json": as_bytes(_part(whole, name)) for name in names}


def _part(whole: Report, name: str) -> Report:
    lane, _, index = name.partition("-")
    report = copy.deepcopy(whole)
    header = report["readiness"]
    header["nonce"] = name.ljust(32, "0")
    header["shard"] = {"index": int(index), "of": SHARDS} if index else None
    report["tests"] = [test for test in report["tests"] if _belongs(row_of(test), lane, index)]
    return report


def _belongs(row_id: str, lane: str, index: str) -> bool:
    return row_id.startswith(f"{lane}.") and (not index or shard_of(ROWS[row_id], CONTRACT, SHARDS) == int(index))


def written(files: Files, folder: Path) -> list[Path]:
    """The reports as files of a folder."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def text(name: str, edit: Callable[[bytes], bytes]) -> Wrong:
    """The set with the bytes of one report edited."""

    def wrong(files: Files) -> None:
        before = files[name]
        files[name] = edit(before)
        assert files[name] != before

    return wrong


def report(name: str, edit: Edit, *, counted: bool = False) -> Wrong:
    """The set with the content of one report edited by hand; `counted`: as pytest itself would have written it."""

    def change(data: bytes) -> bytes:
        content = json.loads(data)
        edit(content)
        return as_bytes(content) if counted else json.dumps(content).encode()

    return text(name, change)


def honest(name: str, edit: Edit) -> Wrong:
    """The set with one report that pytest wrote otherwise, its summary and exit code included."""
    return report(name, edit, counted=True)


def identity(name: str, /, **values: Any) -> Wrong:
    """The set with other identity in the header of one report."""
    return report(name, lambda content: content["readiness"]["identity"].update(values))


def header(name: str, /, **values: Any) -> Wrong:
    """The set with other values in the header of one report."""
    return report(name, lambda content: content["readiness"].update(values))


def other_contract(name: str, /, **values: Any) -> Wrong:
    """The set with a report under another contract, of which its header knows."""

    def edit(content: Report) -> None:
        content["readiness"]["contract"].update(values)
        content["readiness"]["identity"]["contract_digest"] = contract_digest(content["readiness"]["contract"])

    return report(name, edit)


def entry_of(content: Report, row_id: str) -> Report:
    """One test of a report."""
    found: Report = next(test for test in content["tests"] if row_of(test) == row_id)
    return found


def entry(name: str, row_id: str, edit: Edit, *, counted: bool = True) -> Wrong:
    """The set with one test of one report edited."""
    return report(name, lambda content: edit(entry_of(content, row_id)), counted=counted)


def record(name: str, row_id: str, /, **values: Any) -> Wrong:
    """The set with other values in what one check recorded."""
    return entry(name, row_id, lambda found: found["metadata"]["readiness"].update(values))


def observed(name: str, row_id: str, /, **facts: Any) -> Wrong:
    """The set with other facts observed by one check."""
    return entry(name, row_id, lambda found: found["metadata"]["readiness"]["observation"].update(facts))


def images(name: str, /, **values: Any) -> Wrong:
    """The set with another image in every check of one report that used it."""

    def edit(content: Report) -> None:
        for found in content["tests"]:
            if found["metadata"]["readiness"]["image"]:
                found["metadata"]["readiness"]["image"].update(values)

    return report(name, edit)


def failed(content: Report, row_id: str) -> Report:
    """Make one test of a report fail, as pytest would have written it."""
    found = entry_of(content, row_id)
    found["outcome"] = found["call"]["outcome"] = "failed"
    found["metadata"]["readiness"].update(outcome="fail", reason="made-to-fail", found=["made to fail"])
    content.update(accounted(content))
    return content


def beside(name: str, other: str, edit: Edit) -> Wrong:
    """The set with one more report: a copy of `other` under `name`, edited."""

    def wrong(files: Files) -> None:
        content = json.loads(files[other])
        content["readiness"]["nonce"] = "another".ljust(32, "0")
        edit(content)
        files[name] = as_bytes(content)

    return wrong


def without(*names: str) -> Wrong:
    """The set without some of its reports."""

    def wrong(files: Files) -> None:
        for name in names:
            del files[name]

    return wrong
