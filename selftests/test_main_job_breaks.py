"""The main job on a platform with one fault for each code: each is raised by the right rows.

A few are run as people run them; all of them by the fault runner, in forked processes, much quicker.
"""

import json
import sys
from pathlib import Path

import pytest

from selftests import synthetic
from selftests.breaks import BREAKS, FAULT_OF, Break
from selftests.fault_recipes import broken_platform
from selftests.main_job import SUITE, Job, Ran, bundled, command, environment, main_job, on_platform, run, unbroken

ALL_CODES = [
    *(f"M1-B{number}" for number in range(1, 6)),
    *(f"M1A-B{number}" for number in range(1, 5)),
    *(f"M1{lane}-B{number}" for lane in "CDE" for number in range(1, 6)),
]
AS_PEOPLE_RUN_IT = ("M1-B2", "M1C-B4", "M1D-B1")
FAULTS_TIMEOUT_S = 600.0


@pytest.fixture
def good(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return unbroken(tmp_path_factory.getbasetemp())


def broken_job(broken: Break, good: Job, folder: Path) -> Job:
    """The main job on a platform with this fault."""
    if broken.fault.report is not None:
        report = json.loads(good.report.read_bytes())
        row = broken.fault.report.row
        kept = [test for test in report["tests"] if test["metadata"]["readiness"]["check"] != row]
        assert len(kept) == len(report["tests"]) - 1
        (folder / "report.json").write_bytes(synthetic.as_bytes({**report, "tests": kept}))
        return bundled(folder / "report.json", folder / "out")
    broken_platform(broken.fault, folder / "platform")
    return main_job(folder, *on_platform(folder / "platform"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """The fault runner on all codes, and where it kept what its runs wrote, by the names of the faults."""
    keep = tmp_path_factory.mktemp("breaks") / "kept"
    job: list[str | Path] = [sys.executable, SUITE / "tools" / "run_faults.py", "-j1", "--keep", keep]
    ran = run([*job, *FAULT_OF.values()], environment(), timeout_s=FAULTS_TIMEOUT_S)
    assert ran.status == 0, ran.text
    assert ran.stdout == f"{len(FAULT_OF)} faults, {len(FAULT_OF)} exact, 0 missed, 0 collateral\n", ran.text
    return ran, keep


def not_held(job: Job) -> dict[str, str]:
    results = job.object("check_results")["results"]
    return {row["id"]: row["outcome"] for row in results if row["outcome"] not in ("pass", "deferred", "waived")}


def raised(job: Job) -> dict[str, set[str]]:
    """Active codes of the blocker register with the rows that raise them."""
    entries = job.object("m1_closure_blocker_register")["blockers"]
    active = {entry["blocker_id"]: set(entry["raised_by"]) for entry in entries if entry["resolution_status"] == "OPEN"}
    assert {entry["blocker_id"] for entry in entries if entry["raised_by"]} == set(active)
    return active


def test_every_blocker_code_has_a_break() -> None:
    assert list(FAULT_OF) == ALL_CODES
    assert [broken.expected.blocker for broken in BREAKS] == ALL_CODES


def test_unbroken_platform_passes(good: Job) -> None:
    assert good.ran.status == 0
    assert good.object("check_results")["verdict"] == "PASS"
    assert (not_held(good), raised(good)) == ({}, {})
    assert good.object("m1_build_go_transition_receipt")["transition_verdict"] == "PASS"
    assert "M1: PASS" in good.ran.stdout
    assert "skipped" not in good.ran.stdout
    verified = command("verify", good.out)
    assert (verified.status, "29 objects, coherent; verdict PASS" in verified.stdout) == (0, True)


def assert_red(job: Job, said: str, broken: Break) -> None:
    found = not_held(job)
    assert set(found) == broken.not_held
    assert "error" not in found.values()
    codes = raised(job)
    assert set(codes) == set(broken.expected.active)
    assert codes[broken.code] == broken.raises
    assert job.object("check_results")["verdict"] == "FAIL"
    assert job.object("m1_build_go_transition_receipt")["transition_verdict"] == "FAIL"
    assert job.object("m1_handoff_readiness_snapshot")["m2_entry_gate_ready"] is False
    assert "M1: FAIL" in said
    verified = command("verify", job.out, "--json")
    outcome = json.loads(verified.stdout)
    assert (verified.status, outcome["coherent"], outcome["verdict"]) == (1, True, "FAIL")


@pytest.mark.parametrize("broken", BREAKS, ids=[broken.code for broken in BREAKS])
def test_break_turns_exactly_its_rows_red(broken: Break, kept: tuple[Ran, Path]) -> None:
    ran, folder = kept[0], kept[1] / FAULT_OF[broken.code]
    said = (folder / "log.txt").read_text()
    assert said.splitlines()[-1] == "exit status 1"
    assert_red(Job(ran, folder / "report.json", folder / "out"), said, broken)


@pytest.mark.parametrize("code", AS_PEOPLE_RUN_IT)
def test_break_turns_exactly_its_rows_red_as_people_run_it(code: str, good: Job, tmp_path: Path) -> None:
    (broken,) = (each for each in BREAKS if each.code == code)
    job = broken_job(broken, good, tmp_path)
    assert job.ran.status == 1, job.ran.text
    assert_red(job, job.ran.stdout, broken)
