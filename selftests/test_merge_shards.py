"""Merging shards: complete splits are one run, a missing part is named, and everything else is refused."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.verdict.merge import merge
from packaging_readiness.verdict.shards import shard_of
from selftests.main_job import FOLDER, command
from selftests.synthetic import as_bytes, bundle, good_report, objects, read

CONTRACT, _ = load_contract("dev_full")
ROWS = {row.id: row for row in expand(packaged_checks(), CONTRACT)}


def part(index: int, of: int, lanes: str = "abcde", nonce: str = "") -> dict[str, Any]:
    """The report of one shard of the good run; `lanes` as `-m` would select them, each with a nonce of its own."""
    report = good_report()
    report["readiness"] |= {"shard": {"index": index, "of": of}, "nonce": nonce or f"{index:02}{of:02}".ljust(32, "0")}
    return only(report, lambda row_id: shard_of(ROWS[row_id], CONTRACT, of) == index and row_id[2] in lanes)


def undivided(lanes: str) -> dict[str, Any]:
    report = good_report()
    report["readiness"]["nonce"] = "f" * 32
    return only(report, lambda row_id: row_id[2] in lanes)


def only(report: Mapping[str, Any], keep: Any) -> dict[str, Any]:
    tests = [test for test in report["tests"] if keep(test["metadata"]["readiness"]["check"])]
    return {**copy.deepcopy(dict(report)), "tests": tests}


def written(folder: Path, *reports: Mapping[str, Any]) -> list[Path]:
    paths = [folder / f"r{index}.json" for index in range(len(reports))]
    for path, report in zip(paths, reports, strict=True):
        path.write_bytes(as_bytes(report))
    return paths


def refused(tmp_path: Path, *reports: Mapping[str, Any]) -> str:
    """What `bundle` says when it refuses the reports: exit 2, and nothing written."""
    ran = command("bundle", *written(tmp_path, *reports), "--out", tmp_path / "out")
    assert ran.status == 2, ran.text
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputRefused):
        merge(read(*reports))
    return ran.stderr


@pytest.mark.parametrize("of", [1, 2, 3, 21])
def test_all_shards_together_are_the_undivided_run(of: int) -> None:
    apart, whole = (
        {name: data for name, data in files.items() if name not in ("run_record.json", "bundle_manifest.json")}
        for files in (bundle(*(part(index, of) for index in range(of, 0, -1))), bundle(good_report()))
    )
    assert apart == whole


def test_shards_of_one_lane_merge_with_undivided_reports_of_the_others() -> None:
    merged = objects(part(1, 2, "b"), part(2, 2, "b"), undivided("acde"))
    assert merged["check_results"] == objects(good_report())["check_results"]


def test_missing_shard_leaves_its_rows_not_run_and_is_named(tmp_path: Path) -> None:
    ran = command("bundle", *written(tmp_path, part(1, 3), part(3, 3)), "--out", tmp_path / "out")
    assert ran.status == 1, ran.text
    assert "missing  shard 2/3" in ran.stdout
    results = json.loads((tmp_path / "out" / FOLDER / "check_results.json").read_bytes())
    assert results["verdict"] == "FAIL"
    absent = {row["id"] for row in results["results"] if row["outcome"] == "not_run"}
    assert absent == {row_id for row_id, row in ROWS.items() if shard_of(row, CONTRACT, 3) == 2}
    told = command("bundle", *written(tmp_path, part(1, 3)), "--out", tmp_path / "second", "--json")
    assert json.loads(told.stdout)["missing_shards"] == ["2/3", "3/3"]


def test_doubled_shard_is_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, part(1, 2), part(2, 2), part(2, 2, nonce="e" * 32))
    assert "are one shard twice: shard.index is 2 in both (M1.B)" in told
    assert ("r0.json" in told, "r1.json" in told, "r2.json" in told) == (False, True, True)


def test_doubled_shard_is_refused_where_the_first_came_to_nothing(tmp_path: Path) -> None:
    crashed = {**part(2, 2, nonce="e" * 32), "tests": []}
    assert "shard.index is 2 in both" in refused(tmp_path, part(1, 2), part(2, 2), crashed)


def test_shards_of_different_splits_are_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, part(1, 2), part(2, 3))
    assert "are of different splits: shard.of is" in told
    assert "r0.json" in told
    assert "r1.json" in told


def test_shard_beside_an_undivided_report_of_its_lane_is_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, part(2, 2), only(undivided("b"), lambda row_id: row_id.startswith("m1b.matrix")))
    assert "mix a shard with an undivided report of M1.B: shard is" in told


def test_row_of_another_shard_is_refused(tmp_path: Path) -> None:
    stray = part(2, 2)
    stray["readiness"]["shard"]["index"] = 1
    told = refused(tmp_path, stray)
    assert "r0.json: shard.index is 1, and m1b." in told
    assert "is of shard 2" in told


@pytest.mark.parametrize("shard", [{"index": 0, "of": 2}, {"index": 3, "of": 2}, {"index": 1}, "1/2", {"index": True}])
def test_malformed_shard_in_a_header_is_refused(tmp_path: Path, shard: object) -> None:
    report = part(1, 2)
    report["readiness"]["shard"] = shard
    ran = command("bundle", *written(tmp_path, report), "--out", tmp_path / "out")
    assert ran.status == 2
    assert "readiness.shard" in ran.stderr


def test_more_shards_than_entrypoints_are_refused(tmp_path: Path) -> None:
    report = only(part(1, 21), lambda row_id: row_id.startswith("m1a"))
    report["readiness"]["shard"]["of"] = 22
    assert "shard.of is 22, and the contract has only 21 entrypoints" in refused(tmp_path, report)
