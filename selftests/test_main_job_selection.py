"""Selected checks: the right ones run, nothing more is claimed, and an existing pack is judged without the platform."""

import json
import shutil
from pathlib import Path

import pytest

from selftests import synthetic
from selftests.main_job import FIXED, FOLDER, Job, bundled, command, pytest_run, unbroken


@pytest.fixture
def good(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return unbroken(tmp_path_factory.getbasetemp())


def rows_in(report: Path) -> set[str]:
    return {test["metadata"]["readiness"]["check"] for test in json.loads(report.read_bytes())["tests"]}


def inventory(good: Job, **wanted: str) -> set[str]:
    """Rows that tests decide, by a field of the inventory."""
    results = good.object("check_results")["results"]
    return {
        row["id"]
        for row in results
        if row["decided_by"] == "test" and all(row[name] == value for name, value in wanted.items())
    }


def test_one_blocker_runs_its_rows(good: Job, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    ran = pytest_run("--blocker", "M1A-B4", f"--json-report-file={report}")
    assert ran.status == 0, ran.text
    assert rows_in(report) == inventory(good, blocker="M1A-B4")
    assert "M1: not decided" in ran.stdout


def test_selected_run_writes_a_bundle_only_when_asked_and_it_is_never_a_pass(tmp_path: Path) -> None:
    report, out = tmp_path / "report.json", tmp_path / "out"
    ran = pytest_run("--check", "m1a.reference.mode", f"--json-report-file={report}", "--evidence-out", out, *FIXED)
    assert ran.status == 0, ran.text
    assert "M1: not decided" in ran.stdout
    assert json.loads((out / FOLDER / "check_results.json").read_bytes())["verdict"] == "FAIL"
    assert command("verify", out).status == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--check", "m1e.preconditions"], ["5 selected checks are about results", "--evidence DIR"]),
        (["--check", "m1e.no-such"], ["no such check"]),
        (["--blocker", "M1A-B9"], ["no such code", "M1A-B4"]),
        (["-m", "m1a and m1b"], ["the selection holds no check"]),
    ],
    ids=["about results", "unknown check", "unknown code", "nothing"],
)
def test_selection_of_nothing_is_wrong_usage(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    ran = pytest_run(*arguments, f"--json-report-file={tmp_path / 'report.json'}")
    assert ran.status == 4, ran.text
    for word in words:
        assert word in ran.text


def test_good_pack_holds(good: Job, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    ran = pytest_run("--evidence", good.out, f"--json-report-file={report}")
    assert ran.status == 0, ran.text
    decided = {r["id"] for r in good.object("check_results")["results"] if r["decided_by"] == "adjudicator"}
    assert rows_in(report) == decided
    run, image = (good.object("packaging_provenance")[name] for name in ("platform_run_id", "image_digest"))
    closing = next(line for line in ran.stdout.splitlines() if line.startswith("M1: "))
    assert closing.startswith(f"M1: PASS, by the evidence in {good.out.name} (run {run}, commit ")
    assert f"image {image}, contract reference_platform, registry authority embedded); " in closing
    assert closing.endswith("; the results of its checks are its own, nothing was run again")


def test_pack_with_a_failed_check_fails(good: Job, tmp_path: Path) -> None:
    report = json.loads(good.report.read_bytes())
    report["tests"] = [t for t in report["tests"] if t["metadata"]["readiness"]["check"] != "m1d.context.scan"]
    (tmp_path / "incomplete.json").write_bytes(synthetic.as_bytes(report))
    pack = bundled(tmp_path / "incomplete.json", tmp_path / "pack")
    ran = pytest_run("--evidence", pack.out, f"--json-report-file={tmp_path / 'report.json'}")
    assert ran.status == 1, ran.text
    assert "FAIL  m1e.closure.inventory-complete" in ran.stdout
    closing = next(line for line in ran.stdout.splitlines() if line.startswith("M1: "))
    assert closing.startswith("M1: FAIL, by the evidence in pack (run platform_")
    assert "; not held here: M1-B5, " in closing
    assert "m1d.context.scan: no result" in ran.stdout


def test_damaged_pack_fails(good: Job, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(good.out, pack)
    (pack / FOLDER / "packaging_provenance.json").unlink()
    select = ("--check", "m1e.closure.objects-present", "--check", "m1e.handoff.gate")
    ran = pytest_run("--evidence", pack, *select, f"--json-report-file={tmp_path / 'report.json'}")
    assert ran.status == 1, ran.text
    assert "packaging_provenance.json" in ran.stdout
    assert "FAIL  m1e.handoff.gate" not in ran.stdout


def test_pack_without_results_fails_with_what_is_missing(good: Job, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(good.bundle, pack)
    for name in ("check_results.json", "run_record.json", "contract.json"):
        (pack / name).unlink()
    select = ("--check", "m1e.preconditions")
    ran = pytest_run("--evidence", pack, *select, f"--json-report-file={tmp_path / 'report.json'}")
    assert ran.status == 1, ran.text
    for name in ("check_results.json", "run_record.json", "contract.json"):
        assert f"{name}: missing" in ran.stdout
    assert "packaging_provenance.json: missing" not in ran.stdout
