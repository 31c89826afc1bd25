"""M1.B, box 2: each entrypoint has a deterministic invocation contract, and the program keeps to it."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, Subcommand
from packaging_readiness.plugin.check import Record, check, listed
from packaging_readiness.plugin.container_rows import prove_row
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.row_runs import RowRuns


@check("m1b.contract.plan-row")
def test_plan_pins_the_invocation(row: Entrypoint, platform: Platform, contract: Contract, record: Record) -> None:
    """The plan's row has the same module, subcommands and arguments, and its status is READY."""
    path = platform.plan.path
    rows = [entry for entry in platform.plan.matrix if entry.handle == row.handle and entry.module == row.module]
    record.observe(handle=row.handle, options=list(row.required))
    record.require(len(rows) == 1, "row-not-in-plan", f"{path}: {len(rows)} rows for {row.handle}, {row.module}")
    (planned,) = rows
    found = []
    place = f"{path}:{planned.line}"
    if set(planned.required_options) != set(row.required):
        found.append(f"{place}: requires {listed(planned.required_options)}; the contract: {listed(row.required)}")
    if set(planned.optional_options) != set(row.optional):
        found.append(f"{place}: optional are {listed(planned.optional_options)}; the contract: {listed(row.optional)}")
    runs_with = row.subcommand or row.runs_with
    if planned.subcommand != runs_with:
        found.append(f"{place}: runs {planned.subcommand!r}; the contract: {runs_with!r}")
    mine = {entry.subcommand: entry.required for entry in contract.subcommands if entry.entrypoint == row.id}
    found += [
        f"{path}:{planned.line}: {usage.subcommand} is not in the contract with {', '.join(usage.required_options)}"
        for usage in planned.further_usages
        if set(mine.get(usage.subcommand, ())) != set(usage.required_options)
    ]
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
    row: Subcommand, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """Without its required arguments the subcommand exits 2 and names them."""
    prove_row(record, contract, row_runs)


@check("m1b.contract.optional-documented")
def test_optional_arguments_are_documented(
    row: Entrypoint, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """The help text offers each optional argument of the row."""
    prove_row(record, contract, row_runs)


@check("m1b.contract.subcommand-optional-documented")
def test_subcommand_optional_arguments_are_documented(
    row: Subcommand, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """The subcommand's help text offers each of its optional arguments."""
    prove_row(record, contract, row_runs)


@check("m1b.contract.unknown-refused")
def test_unknown_arguments_are_refused(
    row: Entrypoint, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """With all its required arguments and one that it does not know, the program exits 2 and names the latter."""
    prove_row(record, contract, row_runs)


@check("m1b.contract.subcommand-unknown-refused")
def test_subcommand_unknown_arguments_are_refused(
    row: Subcommand, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """With all its required arguments and one that it does not know, the subcommand exits 2 and names the latter."""
    prove_row(record, contract, row_runs)
