"""Advisories and what people may carry: waivers of S3 checks, acceptances of blockers; neither hides anything."""

import json
from pathlib import Path

import pytest

from selftests.breaks import BREAKS
from selftests.main_job import Job, bundled, command, commit, fresh_platform, main_job, on_platform, pytest_run
from selftests.platform_edits import replace

ROW = "m1a.advisory.non-root-user"
VALID = {"check": ROW, "owner": "platform", "reason": "the base image has no other user yet", "expires": "2026-02-22"}
EXPIRED = VALID | {"expires": "2026-02-21"}
UNMATCHED = VALID | {"check": "m1a.advisory.base-pinned"}


def carried(folder: Path, **content: object) -> Path:
    path = folder / "carried.json"
    path.write_text(json.dumps(content))
    return path


def outcomes(results: dict[str, object]) -> dict[str, str]:
    rows = results["results"]
    assert isinstance(rows, list)
    return {row["id"]: row["outcome"] for row in rows if row["outcome"] not in ("pass", "deferred")}


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A platform whose image runs as root, which the suite's own advisory forbids and somebody waived."""
    folder = tmp_path_factory.mktemp("root_user")
    root = fresh_platform(folder / "platform")
    replace("Dockerfile", ("USER 10001:10001", "USER root"))(root)
    commit(root)
    return main_job(folder, *on_platform(root), "--waivers", carried(folder, waivers=[VALID]))


def test_waived_advisory_passes_and_stays_in_sight(waived: Job) -> None:
    assert waived.ran.status == 0, waived.ran.text
    assert outcomes(waived.object("check_results")) == {ROW: "waived"}
    register = waived.object("m1_closure_blocker_register")
    assert register["waivers"] == [VALID]
    assert {"check": ROW, "severity": "S3", "status": "WAIVED"} in register["advisories"]
    assert "1 waived" in waived.ran.stdout
    assert command("verify", waived.out).status == 0


ACTIVE = {"m1e.no-go[active-blocker]": "fail"}
RED = {ROW: "fail", "m1a.blockers.resolved": "fail"} | ACTIVE


@pytest.mark.parametrize(
    ("waivers", "expected", "counts"),
    [
        ([], RED, {"S1": 0, "S2": 1, "S3": 1}),
        ([EXPIRED], RED | {"m1e.register.waivers": "error"}, {"S1": 0, "S2": 2, "S3": 1}),
        ([VALID, UNMATCHED], {ROW: "waived", "m1e.register.waivers": "error"} | ACTIVE, {"S1": 0, "S2": 2, "S3": 0}),
    ],
    ids=["none", "expired", "of something else"],
)
def test_without_a_valid_waiver_the_same_run_is_red(
    waivers: list[object], expected: dict[str, str], counts: dict[str, int], waived: Job, tmp_path: Path
) -> None:
    """The header of the report carries the waivers: with others in it the same results are judged anew."""
    report = json.loads(waived.report.read_bytes())
    report["readiness"]["identity"]["carried"]["waivers"] = waivers
    (tmp_path / "report.json").write_text(json.dumps(report))
    job = bundled(tmp_path / "report.json", tmp_path / "out")
    assert job.ran.status == 1
    assert outcomes(job.object("check_results")) == expected
    assert job.object("m1_closure_blocker_register")["severity_counts"] == counts


@pytest.mark.parametrize("check", ["m1a.reference.mode", "m1b.run.help[sr]", "m1e.workflow.dispatchable"])
def test_blocking_check_cannot_be_waived(check: str, tmp_path: Path) -> None:
    ran = pytest_run("--waivers", carried(tmp_path, waivers=[VALID | {"check": check}]), "--co", "-q")
    assert ran.status == 4, ran.text
    assert f"{check} is S" in ran.text
    assert "only S3 advisories can be waived" in ran.text


def test_accepted_blocker_is_carried_as_no_go(tmp_path: Path) -> None:
    """Acceptance closes the complaint that nobody accepted it; the verdict stays FAIL."""
    fault = next(fault for fault in BREAKS if fault.code == "M1E-B4")
    root = fresh_platform(tmp_path / "platform")
    assert fault.change is not None
    fault.change(root)
    commit(root)
    acceptance = {"blocker": "M1A-B1", "owner": "platform", "reason": "renamed next week"}
    job = main_job(tmp_path, *on_platform(root), "--waivers", carried(tmp_path, acceptances=[acceptance]))
    assert job.ran.status == 1, job.ran.text
    assert set(outcomes(job.object("check_results"))) == fault.not_held - {"m1e.register.cross-lane"}
    blockers = {entry["blocker_id"]: entry for entry in job.object("m1_closure_blocker_register")["blockers"]}
    assert blockers["M1A-B1"]["resolution_status"] == "ACCEPTED"
    assert blockers["M1E-B4"]["resolution_status"] == "CLOSED"
    assert job.object("m1_handoff_readiness_snapshot")["fail_closed"] is True
