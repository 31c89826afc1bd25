"""M1.B, box 1: the matrix covers all required handles of the registry."""

from collections import Counter

from packaging_readiness.contract.inventory import Handle
from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform


@check("m1b.matrix.handle-mapped")
def test_handle_is_in_the_registry(row: Handle, platform: Platform, contract: Contract, record: Record) -> None:
    """Each handle of the contract's rows is an entrypoint handle of the registry."""
    names = [handle.key for handle in platform.handles.entrypoints]
    record.observe(handle=row.id, files_count=sum(entry.handle == row.id for entry in contract.entrypoints))
    record.require(row.id in names, "handle-not-mapped", f"{platform.handles.path}: {row.id} is not there")


@check("m1b.matrix.registry-covered")
def test_registry_handles_have_rows(platform: Platform, contract: Contract, record: Record) -> None:
    """Each ENTRYPOINT handle of the registry has at least one row in the contract."""
    known = {entry.handle for entry in contract.entrypoints}
    found = [
        f"{platform.handles.path}:{handle.line}: {handle.key} has no row"
        for handle in platform.handles.entrypoints
        if handle.key not in known
    ]
    record.observe(handles_compared=len(platform.handles.entrypoints))
    record.require(not found, "handle-without-row", *found)


@check("m1b.matrix.plan-covered")
def test_plan_and_contract_have_the_same_rows(platform: Platform, contract: Contract, record: Record) -> None:
    """Every matrix row of the plan is a row of the contract and the other way round; all are READY."""
    plan = {(row.handle, row.module): row for row in platform.plan.matrix}
    mine = {(row.handle, row.module): row for row in contract.entrypoints}
    path = platform.plan.path
    found = [f"{path}:{row.line}: {row.module} is not in the contract" for key, row in plan.items() if key not in mine]
    found += [f"{path}: no row for {row.handle}, {row.module}" for key, row in mine.items() if key not in plan]
    found += [f"{path}:{row.line}: {row.module} is {row.status}" for row in plan.values() if row.status != "READY"]
    modules = Counter(entry.module for entry in contract.entrypoints)
    found += [f"the contract has {count} rows for {module}" for module, count in modules.items() if count > 1]
    record.observe(handles_compared=len(plan))
    record.require(not found, "matrix-differs", *found)
