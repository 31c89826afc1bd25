"""A disk on which no more can be written: no verdict, no half of anything, the place named, and the next run works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from selftests import synthetic
from selftests.broken_disks import limited
from selftests.evidence_recipes import made_up_credentials, pack, written
from selftests.main_job import Ran, environment
from selftests.miniature import Miniature
from selftests.s3_server import BUCKET, s3_server

PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
CLI = (sys.executable, "-m", "packaging_readiness.cli")


def run(command: list[str], cwd: Path, env: dict[str, str]) -> Ran:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def told(ran: Ran, status: int, *words: str) -> None:
    """Red with this exit status, in these words, with a cure, and nothing that looks like a verdict or a crash."""
    assert ran.status == status, ran.text
    assert "M1: PASS" not in ran.text
    assert "Traceback" not in ran.text
    for word in (*words, "fix: "):
        assert word in ran.text


def test_run_that_may_not_write_large_files_decides_nothing(miniature: Miniature) -> None:
    miniature.whole()
    arguments = ("--json-report-file=report.json", "--evidence-out=out")
    ran = run(limited(20_000, *PYTEST, *arguments), miniature.root, miniature.environment)
    told(ran, 1, "report.json:1: is not JSON", "make room for it", "no fresh report of this run exists")
    assert not (miniature.root / "out").exists()


def test_bundle_command_that_may_not_write_large_files(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(synthetic.as_bytes(synthetic.good_report()))
    command = (*CLI, "bundle", str(report), "--out", str(tmp_path / "out"))
    ran = run(limited(50_000, *command), tmp_path, environment())
    told(ran, 2, "the bundle cannot be written: File too large")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json"]
    assert run(list(command), tmp_path, environment()).status == 0


def test_receipt_that_may_not_be_written_leaves_the_publication_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up_credentials(monkeypatch)
    written(pack("good"), tmp_path / "good")
    kept = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    with s3_server() as store:
        command = (*CLI, "publish", str(tmp_path / "good"), f"s3://{BUCKET}", "--endpoint-url", store.url)
        told(run(limited(100, *command), tmp_path, environment() | kept), 2, "the receipt cannot be written: File too")
        assert [path.name for path in tmp_path.iterdir()] == ["good"]
        again = run(list(command), tmp_path, environment() | kept)
        assert (again.status, "was there already" in again.stdout) == (0, True), again.text
    assert (tmp_path / "good.publish_receipt.json").is_file()
