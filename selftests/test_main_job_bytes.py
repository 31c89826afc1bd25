"""The same run gives the same bytes: serial, distributed, in lanes, and whatever the machine's settings are."""

import json
import sys
from pathlib import Path

import pytest

from selftests.main_job import (
    FIXED,
    FOLDER,
    Job,
    Ran,
    command,
    environment,
    main_job,
    on_platform,
    pytest_run,
    run,
    unbroken,
)

LANES = ("m1a", "m1b", "m1c", "m1d", "m1e")
RECORD, MANIFEST = "run_record.json", "bundle_manifest.json"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return unbroken(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def lanes(good: Job, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Ran, Path]]:
    """One run per lane of the same checkout, each with its own report."""
    folder = tmp_path_factory.mktemp("lanes")
    platform = good.report.parent / "platform"
    runs = {}
    for lane in LANES:
        report = folder / f"{lane}.json"
        runs[lane] = pytest_run("-m", lane, f"--json-report-file={report}", *FIXED, *on_platform(platform)), report
    return runs


def same_but_for_the_record(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    """Every object equal, apart from the run record and its one entry in the manifest."""
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name] and name not in (RECORD, MANIFEST)] == []
    mine, theirs = json.loads(one[MANIFEST]), json.loads(other[MANIFEST])
    differing = [a["name"] for a, b in zip(mine.pop("objects"), theirs.pop("objects"), strict=True) if a != b]
    assert differing == [RECORD]
    assert mine == theirs


def test_two_workers_write_the_same_bytes(good: Job, tmp_path: Path) -> None:
    job = main_job(tmp_path, "-n", "2", *on_platform(good.report.parent / "platform"))
    assert job.ran.status == 0, job.ran.text
    same_but_for_the_record(good.files(), job.files())


def test_merged_lanes_write_the_same_bytes(good: Job, lanes: dict[str, tuple[Ran, Path]], tmp_path: Path) -> None:
    for ran, _ in lanes.values():
        assert ran.status == 0, ran.text
    reports = [report for _, report in lanes.values()]
    assert command("bundle", *reports, "--out", tmp_path / "out").status == 0
    merged = Job(Ran(0, "", ""), reports[0], tmp_path / "out")
    same_but_for_the_record(good.files(), merged.files())
    assert command("verify", tmp_path / "out").status == 0


def test_order_of_reports_and_settings_of_the_machine_change_no_byte(
    lanes: dict[str, tuple[Ran, Path]], tmp_path: Path
) -> None:
    reports = [report for _, report in lanes.values()]
    assert command("bundle", *reports, "--out", tmp_path / "here").status == 0
    elsewhere = environment(TZ="Asia/Kathmandu", LC_ALL="C", PYTHONHASHSEED="7", SOURCE_DATE_EPOCH="1")
    cli: list[str | Path] = [
        sys.executable,
        "-m",
        "packaging_readiness.cli",
        "bundle",
        *reversed(reports),
        "--out",
        tmp_path / "there",
    ]
    ran = run(cli, elsewhere, cwd=tmp_path, umask=0o077)
    assert ran.status == 0, ran.text
    here, there = tmp_path / "here" / FOLDER, tmp_path / "there" / FOLDER
    assert {p.name: p.read_bytes() for p in here.iterdir()} == {p.name: p.read_bytes() for p in there.iterdir()}
    assert {p.stat().st_mode & 0o777 for p in there.iterdir()} == {0o644}


def test_lane_left_out_is_named(lanes: dict[str, tuple[Ran, Path]], tmp_path: Path) -> None:
    reports = [report for lane, (_, report) in lanes.items() if lane != "m1d"]
    ran = command("bundle", *reports, "--out", tmp_path / "out")
    assert ran.status == 1
    assert "not_run  m1d.context.scan" in ran.stdout
    results = json.loads((tmp_path / "out" / FOLDER / "check_results.json").read_bytes())
    absent = {row["id"] for row in results["results"] if row["outcome"] == "not_run"}
    assert absent == {row["id"] for row in results["results"] if row["lane"] == "m1d" and row["decided_by"] == "test"}
    assert results["verdict"] == "FAIL"
    complete = next(row for row in results["results"] if row["id"] == "m1e.closure.inventory-complete")
    assert {text.partition(": ")[0] for text in complete["found"]} == absent
    assert command("verify", tmp_path / "out").status == 1


def test_lane_runs_its_own_rows_and_decides_nothing(good: Job, lanes: dict[str, tuple[Ran, Path]]) -> None:
    inventory = [row for row in good.object("check_results")["results"] if row["decided_by"] == "test"]
    for lane, (ran, report) in lanes.items():
        tests = json.loads(report.read_bytes())["tests"]
        mine = {row["id"] for row in inventory if row["lane"] == lane}
        assert {test["metadata"]["readiness"]["check"] for test in tests} == mine
        assert "M1: not decided" in ran.stdout
        assert "bundle:" not in ran.stdout
    m1b, _ = lanes["m1b"]
    assert "M1.B  PASS (144 checks)" in m1b.stdout
    assert "M1: not decided; 181 checks have no result (M1.A, M1.C, M1.D, M1.E)" in m1b.stdout
