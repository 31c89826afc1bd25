"""M1.B, box 3: the validation method is pinned and reproducible: rows run inside the built image."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.container_rows import prove_row
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.row_runs import RowRuns


@check("m1b.run.help")
def test_help(row: Entrypoint, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record) -> None:
    """The row's command with --help exits 0, prints its usage and no traceback."""
    prove_row(record, contract, row_runs)


@check("m1b.run.subcommand-help")
def test_subcommand_help(
    row: Subcommand, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """The subcommand with --help exits 0, prints its usage and no traceback."""
    prove_row(record, contract, row_runs)


@check("m1b.run.mpr")
def test_promotion_corridor(
    row: MprCase, image: PackagedImage, row_runs: RowRuns, contract: Contract, record: Record
) -> None:
    """Promote and rollback-drill accept a valid event; promote refuses a wrong event type."""
    prove_row(record, contract, row_runs)
