"""Run the checks of a lane in this process, on a checkout changed for the purpose: milliseconds instead of seconds.

Only for checks that ask nothing but the platform's files; what needs a git repository, an image, a registry or a pack
runs in the main job.
"""

import importlib.util
import inspect
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import ATTRIBUTE, CheckFailed, Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests.main_job import RUN_ID, SUITE, TEMPLATE, WRITTEN_AT
from selftests.platform_edits import Change

_PLATFORM_ONLY = {"platform", "contract", "record", "row", "settings"}
_ASK_GIT = {
    "m1c.provenance.clean-tree",
    "m1c.mismatch.tag-carries-git-sha",
    "m1c.mismatch.mutable-tag",
    "m1e.workflow.on-default-branch",
    "m1e.workflow.ref-targetable",
}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """As much of a run's settings as these checks ask for."""

    contract: Contract
    platform_run_id: str = RUN_ID
    written_at_utc: str = WRITTEN_AT
    aws: str = "embedded"


def changed_platform(folder: Path, change: Change) -> Path:
    """A copy of the reference platform with one change; no git repository."""
    root = folder / "platform"
    shutil.copytree(TEMPLATE, root, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    change(root)
    return root


def run_lane(lane: str, root: Path, contract: Contract | None = None) -> dict[str, Record]:
    """The record of every row of a lane's platform-only checks, by row id; under the checkout's contract or another."""
    if contract is None:
        contract, _ = load_contract(str(root / CONTRACT))
    return run_checks(lane, Platform(root, contract))


def run_checks(lane: str, platform: Platform, only: Container[str] | None = None) -> dict[str, Record]:
    """The same for a checkout of which something may have been read already; of `only` these checks, if given."""
    contract = platform.contract
    settings = RunSettings(contract)
    records = {}
    functions = _functions(lane)
    for row in expand(packaged_checks(), contract):
        function = functions.get(row.check.id) if only is None or row.check.id in only else None
        if function is None or (row.check.id in _ASK_GIT and not (platform.root / ".git" / "HEAD").exists()):
            continue
        record = Record(row, contract)
        given = {"platform": platform, "contract": contract, "record": record, "row": row.row, "settings": settings}
        try:
            function(**{name: given[name] for name in inspect.signature(function).parameters})
        except (CheckFailed, AssertionError, ReadinessError) as error:
            record.raised(error, "call")
        records[row.id] = record
    return records


def red(records: Mapping[str, Record]) -> dict[str, str]:
    """Reason codes of the rows that did not hold, by row id."""
    return {row_id: record.reason for row_id, record in records.items() if record.outcome != "pass"}


def endings(records: Mapping[str, Record]) -> dict[str, tuple[str, str]]:
    """Outcome and reason code of the rows that did not hold, by row id."""
    return {row_id: (record.outcome, record.reason) for row_id, record in records.items() if record.outcome != "pass"}


def check_ids(lanes: Iterable[str]) -> set[str]:
    """The checks that ask nothing but the files of a checkout, not even git."""
    return {check for lane in lanes for check in _functions(lane)} - _ASK_GIT


def run_row(row_id: str, platform: Platform, **given: Any) -> Record:
    """The record of one row; `given` is what its check asks for beside the checkout, by the names of the fixtures."""
    contract = platform.contract
    (row,) = (row for row in expand(packaged_checks(), contract) if row.id == row_id)
    record, function = Record(row, contract), _every(row.check.lane)[row.check.id]
    given |= {"platform": platform, "contract": contract, "record": record, "row": row.row}
    try:
        function(**{name: given[name] for name in inspect.signature(function).parameters})
    except (CheckFailed, AssertionError, ReadinessError) as error:
        record.raised(error, "call")
    return record


def _functions(lane: str) -> Mapping[str, Callable[..., None]]:
    return {
        check: function
        for check, function in _every(lane).items()
        if set(inspect.signature(function).parameters) <= _PLATFORM_ONLY
    }


@cache
def _every(lane: str) -> Mapping[str, Callable[..., None]]:
    return {
        getattr(function, ATTRIBUTE): function
        for module in _modules(lane)
        for function in vars(module).values()
        if getattr(function, ATTRIBUTE, None) is not None
    }


def _modules(lane: str) -> Iterator[ModuleType]:
    for path in sorted((SUITE / f"tests_{lane}").glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"in_process_{lane}_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
