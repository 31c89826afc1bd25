"""Parts of one split: which row is of which part, and which reports may stand beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.tables import Entrypoint, MprCase, Subcommand
from packaging_readiness.verdict.accounts import Account
from packaging_readiness.verdict.header import RunHeader, Shard
from packaging_readiness.verdict.report import Report
from packaging_readiness.verdict.results import Result
from packaging_readiness.verdict.shards import (
    missing_shards,
    refuse_mixed,
    refuse_too_many,
    runs_in_container,
    shard_of,
)
from selftests.small_ledgers import CONTRACT, IDENTITY, row

ENTRYPOINTS = tuple(Entrypoint(name, "ENTRYPOINT_X", "m", "a.b", ()) for name in ("c", "a", "b"))
SMALL = replace(CONTRACT, entrypoints=ENTRYPOINTS)
IN_IMAGE: Mapping[str, Any] = {"needs": ("image",)}
HELP = {entry.id: row(f"m1b.run.help[{entry.id}]", entry, **IN_IMAGE) for entry in ENTRYPOINTS}
SUB = row("m1b.run.subcommand-help[s]", Subcommand("s", "c", "run"), **IN_IMAGE)
CASE = row("m1b.run.mpr[m]", MprCase("m", "b", "run", "PASS", {}), **IN_IMAGE)
OUTSIDE = row("m1b.matrix.plan-covered")
OF_IMAGE = row("m1d.image.configuration", **IN_IMAGE)
ROWS: Mapping[str, CheckRow] = {each.id: each for each in (*HELP.values(), SUB, CASE, OUTSIDE, OF_IMAGE)}


def report(name: str, shard: Shard | None, *rows: CheckRow) -> Report:
    header = RunHeader(1, IDENTITY, {}, name, {}, shard)
    results = tuple(Result(row.id, "pass") for row in rows)
    return Report(name, name, header, 0, Account(0, {}, {}), results, None, {}, {})


def refusal(*reports: Report, rows: Mapping[str, CheckRow] = ROWS) -> tuple[str, str]:
    """The place and the first words of the refusal; both empty where there is none."""
    try:
        refuse_mixed(reports, rows, SMALL)
    except InputRefused as error:
        return error.place, error.cause
    return "", ""


@pytest.mark.parametrize(
    ("of", "homes"),
    [(1, [1, 1, 1, 1, 1, 1, 1]), (2, [1, 1, 2, 1, 2, 1, 1]), (3, [3, 1, 2, 3, 2, 1, 1])],
)
def test_rows_that_run_in_the_image_are_dealt_out_by_entrypoint(of: int, homes: Sequence[int]) -> None:
    rows = (HELP["c"], HELP["a"], HELP["b"], SUB, CASE, OUTSIDE, OF_IMAGE)
    assert [shard_of(each, SMALL, of) for each in rows] == homes
    assert [runs_in_container(each) for each in rows] == [True, True, True, True, True, False, False]


def test_there_are_no_more_parts_than_entrypoints() -> None:
    refuse_too_many(Shard(1, 2), SMALL)
    refuse_too_many(Shard(3, 3), SMALL)
    with pytest.raises(ValueError, match="only 3 entrypoints"):
        refuse_too_many(Shard(1, 4), SMALL)


ONE, TWO = report("1.json", Shard(1, 2), OUTSIDE, HELP["a"]), report("2.json", Shard(2, 2), HELP["b"])
WHOLE, OTHER_LANE = report("w.json", None, OUTSIDE), report("d.json", None, OF_IMAGE)
BARE = report("n.json", None)


def test_reports_of_no_split_are_of_no_interest() -> None:
    assert refusal(WHOLE, WHOLE, OTHER_LANE, rows={}) == ("", "")
    assert refusal() == ("", "")


@pytest.mark.parametrize(
    "reports",
    [
        (ONE, TWO),
        (TWO, ONE),
        (TWO,),
        (TWO, OTHER_LANE),
        (OTHER_LANE, TWO),
        (OTHER_LANE, report("e.json", None, OF_IMAGE), ONE, TWO),
        (ONE, report("3.json", Shard(1, 2), OF_IMAGE)),
    ],
    ids=["both", "turned round", "one", "another lane", "another lane first", "two of another lane", "lanes of a part"],
)
def test_parts_of_one_split_stand_beside_each_other(reports: Sequence[Report]) -> None:
    assert refusal(*reports) == ("", "")


@pytest.mark.parametrize(
    ("reports", "place", "words"),
    [
        ((ONE, report("3.json", Shard(2, 3), HELP["b"])), "1.json, 3.json", "shard.of is 2 and 3"),
        ((ONE, report("3.json", Shard(1, 3))), "1.json, 3.json", "shard.of is 2 and 3"),
        ((ONE, report("3.json", Shard(1, 2), OUTSIDE)), "1.json, 3.json", "shard.index is 1 in both (M1.B)"),
        ((ONE, report("3.json", Shard(1, 2))), "1.json, 3.json", "shard.index is 1 in both (no result)"),
        ((report("3.json", Shard(1, 2)), ONE), "3.json, 1.json", "shard.index is 1 in both (no result)"),
        ((ONE, TWO, WHOLE), "1.json, w.json", "undivided report of M1.B: shard is 1/2 and none"),
        ((WHOLE, TWO), "w.json, 2.json", "undivided report of M1.B: shard is none and 2/2"),
        ((BARE, TWO), "n.json, 2.json", "undivided report of no result"),
        ((ONE, BARE), "1.json, n.json", "undivided report of no result"),
        ((OTHER_LANE, WHOLE, TWO), "w.json, 2.json", "undivided report of M1.B"),
        (
            (report("3.json", Shard(1, 2), OUTSIDE, OF_IMAGE), report("x.json", None, OF_IMAGE, OUTSIDE)),
            "3.json, x.json",
            "undivided report of M1.B, M1.D",
        ),
        ((report("3.json", Shard(1, 2), OF_IMAGE, OUTSIDE), OTHER_LANE), "3.json, d.json", "undivided report of M1.D:"),
    ],
)
def test_reports_that_are_not_of_one_split_are_refused(reports: Sequence[Report], place: str, words: str) -> None:
    found, cause = refusal(*reports)
    assert found == place
    assert words in cause


def test_row_of_another_part_and_a_split_that_is_too_fine_are_refused() -> None:
    stray = report("3.json", Shard(1, 2), OUTSIDE, HELP["b"])
    assert refusal(stray) == ("3.json", "shard.index is 1, and m1b.run.help[b] is of shard 2")
    assert refusal(OTHER_LANE, stray)[0] == "3.json"
    place, cause = refusal(ONE, report("4.json", Shard(1, 4), OUTSIDE))
    assert (place, cause.partition(",")[0]) == ("4.json", "shard.of is 4")


def test_parts_that_were_announced_and_are_not_there_are_missing() -> None:
    def missing(*reports: Report) -> list[tuple[int, int]]:
        return [(shard.index, shard.of) for shard in missing_shards(reports)]

    assert missing(ONE, TWO) == []
    assert missing(WHOLE, BARE) == []
    assert missing(TWO, WHOLE) == [(1, 2)]
    assert missing(ONE, report("3.json", Shard(2, 3))) == [(2, 2), (1, 3), (3, 3)]
