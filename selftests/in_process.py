"""Run the checks of a lane in this process, on a checkout changed for the purpose: milliseconds instead of seconds.

Only for checks that ask nothing but the platform; what needs an image, a registry or a pack runs in the main job.
"""

import importlib.util
import inspect
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.check import ATTRIBUTE, CheckFailed, Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests.main_job import SUITE, TEMPLATE
from selftests.platform_edits import Change

_PLATFORM_ONLY = {"platform", "contract", "record", "row"}


def changed_platform(folder: Path, change: Change) -> Path:
    """A copy of the reference platform with one change; no git repository."""
    root = folder / "platform"
    shutil.copytree(TEMPLATE, root, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    change(root)
    return root


def run_lane(lane: str, root: Path) -> dict[str, Record]:
    """The record of every row of a lane's platform-only checks, by row id."""
    contract, _ = load_contract(str(root / CONTRACT))
    platform = Platform(root, contract)
    records = {}
    functions = _functions(lane)
    for row in expand(packaged_checks(), contract):
        function = functions.get(row.check.id)
        if function is None:
            continue
        record = Record(row, contract)
        given = {"platform": platform, "contract": contract, "record": record, "row": row.row}
        try:
            function(**{name: given[name] for name in inspect.signature(function).parameters})
        except (CheckFailed, AssertionError, ReadinessError) as error:
            record.raised(error, "call")
        records[row.id] = record
    return records


def red(records: Mapping[str, Record]) -> dict[str, str]:
    """Reason codes of the rows that did not hold, by row id."""
    return {row_id: record.reason for row_id, record in records.items() if record.outcome != "pass"}


@cache
def _functions(lane: str) -> Mapping[str, Callable[..., None]]:
    return {
        getattr(function, ATTRIBUTE): function
        for module in _modules(lane)
        for function in vars(module).values()
        if hasattr(function, ATTRIBUTE) and set(inspect.signature(function).parameters) <= _PLATFORM_ONLY
    }


def _modules(lane: str) -> Iterator[ModuleType]:
    for path in sorted((SUITE / f"tests_{lane}").glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"in_process_{lane}_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
