"""M1.B, box 2: each entrypoint has a deterministic invocation contract, and the program keeps to it."""

from packaging_readiness.contract.model import Contract, Entrypoint
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.container_rows import prove_row
from packaging_readiness.plugin.packaged import PackagedImage, RowRuns
from packaging_readiness.plugin.platform import Platform


@check("m1b.contract.plan-row")
def test_plan_pins_the_invocation(row: Entrypoint, platform: Platform, record: Record) -> None:
    """The plan's row has the same module and required arguments, and its status is READY."""
    path = platform.plan.path
    rows = [entry for entry in platform.plan.matrix if entry.handle == row.handle and entry.module == row.module]
    record.observe(handle=row.handle, options=list(row.required))
    record.require(len(rows) == 1, "row-not-in-plan", f"{path}: {len(rows)} rows for {row.handle}, {row.module}")
    (planned,) = rows
    found = []
    if set(planned.required_options) != set(row.required):
        found.append(f"{path}:{planned.line}: requires {', '.join(planned.required_options)}")
        found.append(f"the contract requires {', '.join(row.required)}")
    if set(planned.optional_options) != set(row.optional):
        found.append(f"{path}:{planned.line}: optional are {', '.join(planned.optional_options) or 'none'}")
        found.append(f"the contract has {', '.join(row.optional) or 'none'}")
    record.require(not found, "arguments-differ", *found)
    record.observe(mapping_status=planned.status)
    record.require(planned.status == "READY", "row-not-ready", f"{path}:{planned.line}: status is {planned.status}")


@check("m1b.contract.required-enforced")
def test_required_arguments_are_enforced(
    row: Entrypoint, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """Without its required arguments the program exits 2 and names them."""
    prove_row(record, contract, row_runs)


@check("m1b.contract.subcommand-required-enforced")
def test_subcommand_arguments_are_enforced(
    row: Entrypoint, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """Without its required arguments the subcommand exits 2 and names them."""
    prove_row(record, contract, row_runs)
