"""A run split over jobs: which shard a row belongs to, and whether the reports given are shards of one run.

Rows that run a command in the image are dealt out by entrypoint, in the order of the entrypoints' ids, so that all
checks of one entrypoint share one process. Everything else belongs to shard 1. So the union of the shards is the
whole inventory, and every shard holds something.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import LANE_TITLES, CheckRow
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand
from packaging_readiness.verdict.header import Shard

if TYPE_CHECKING:
    from packaging_readiness.verdict.report import Report

_CURE = "hand in one report for each of the shards 1 to N of one run, and no other report of their lanes"


def runs_in_container(row: CheckRow) -> bool:
    """Whether the check runs a command inside the image."""
    return row.check.lane == "m1b" and "image" in row.check.needs


def shard_of(row: CheckRow, contract: Contract, of: int) -> int:
    """The shard, from 1 to `of`, that `row` belongs to when a run is split into `of` of them."""
    if not runs_in_container(row):
        return 1
    assert isinstance(row.row, Entrypoint | Subcommand | MprCase)
    entrypoint = row.row.id if isinstance(row.row, Entrypoint) else row.row.entrypoint
    return sorted(entry.id for entry in contract.entrypoints).index(entrypoint) % of + 1


def refuse_too_many(shard: Shard, contract: Contract) -> None:
    """Raise ValueError for more shards than entrypoints: some would hold nothing and could not be told from a loss."""
    if shard.of > len(contract.entrypoints):
        raise ValueError(f"the contract has only {len(contract.entrypoints)} entrypoints to split")


def refuse_mixed(reports: "Sequence[Report]", rows: Mapping[str, CheckRow], contract: Contract) -> None:
    """Raise InputRefused for shards that are not parts of one split: another N, one part twice, a part beside an
    undivided report of the same lane, or a row that belongs to another part.
    """
    if all(report.header.shard is None for report in reports):
        return
    for report in reports:
        _refuse_strays(report, rows, contract)
    lanes = {report.digest: {rows[result.id].check.lane for result in report.results} for report in reports}
    for one, other in combinations(reports, 2):  # a report without results may be of any lane
        mine, theirs = one.header.shard, other.header.shard
        if mine is None and theirs is None:
            continue
        pair = f"{one.shown}, {other.shown}"
        both = lanes[one.digest] & lanes[other.digest]
        common = ", ".join(LANE_TITLES[lane] for lane in sorted(both)) or "no result"
        clash = bool(both) or not lanes[one.digest] or not lanes[other.digest]
        if mine is not None and theirs is not None:
            if mine.of != theirs.of:
                raise InputRefused(pair, f"are of different splits: shard.of is {mine.of} and {theirs.of}", _CURE)
            if mine.index == theirs.index and clash:
                raise InputRefused(pair, f"are one shard twice: shard.index is {mine.index} in both ({common})", _CURE)
        elif clash:
            told = " and ".join(shard.shown if shard else "none" for shard in (mine, theirs))
            raise InputRefused(pair, f"mix a shard with an undivided report of {common}: shard is {told}", _CURE)


def _refuse_strays(report: "Report", rows: Mapping[str, CheckRow], contract: Contract) -> None:
    shard = report.header.shard
    if shard is None:
        return
    try:
        refuse_too_many(shard, contract)
    except ValueError as error:
        raise InputRefused(report.shown, f"shard.of is {shard.of}, and {error}", _CURE) from None
    for result in report.results:
        home = shard_of(rows[result.id], contract, shard.of)
        if home != shard.index:
            raise InputRefused(report.shown, f"shard.index is {shard.index}, and {result.id} is of shard {home}", _CURE)


def missing_shards(reports: "Sequence[Report]") -> Iterator[Shard]:
    """The shards that the given ones announce and that are not there."""
    there = {report.header.shard for report in reports}
    for of in sorted({shard.of for shard in there if shard is not None}):
        yield from (shard for shard in (Shard(index, of) for index in range(1, of + 1)) if shard not in there)
