"""Ctrl-C and signals where they are awkward: between last check and verdict, in the verdict, on the main job."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from selftests.kill_moments import TOKEN, left_after
from selftests.main_job import SUITE, environment
from selftests.miniature import Miniature

AFTER_THE_LAST_CHECK = """
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session):
    yield
    raise KeyboardInterrupt
"""
IN_THE_WRITE = """
from packaging_readiness.evidence import write

def interrupted(path, data):
    raise KeyboardInterrupt

write._write = interrupted
"""
NEVER_ENDS = """
import os, time

def pytest_collection(session):
    open(os.environ["MET"], "w").close()
    time.sleep(600)
"""
PATIENCE_S = 60.0


@pytest.mark.parametrize("hook", [AFTER_THE_LAST_CHECK, IN_THE_WRITE], ids=["after the last check", "in the write"])
def test_run_that_is_interrupted_late_decides_nothing(miniature: Miniature, hook: str) -> None:
    """Every check has passed by then; `verify` would not take a bundle of a run that did not end."""
    miniature.whole()
    conftest = miniature.root / "conftest.py"
    before = conftest.read_text()
    conftest.write_text(before + hook)
    run = miniature.run("--evidence-out=place/out")
    assert run.status == 2, run.text
    assert run.verdict.startswith("M1: not decided")
    assert ("the run: did not end well" in run.text) == (hook == AFTER_THE_LAST_CHECK)
    assert ("interrupted while its verdict was made" in run.text) == (hook == IN_THE_WRITE)
    place = miniature.root / "place"
    assert not place.exists() or list(place.iterdir()) == []
    conftest.write_text(before)
    assert miniature.run("--evidence-out=place/out").status == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_main_job_takes_its_pytest_along(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "lingering.py").write_text(NEVER_ENDS)
    token, met = secrets.token_hex(8), tmp_path / "met"
    env = environment(PYTHONPATH=str(tmp_path), MET=str(met), TMPDIR=str(tmp_path)) | {TOKEN: token}
    where = [f"--json-report-file={tmp_path}/report.json", f"--evidence-out={tmp_path}/out"]
    command = [sys.executable, str(SUITE / "tools" / "run_m1.py"), "-p", "lingering", "-p", "no:cacheprovider", *where]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE_S
        while not met.exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(process.pid, number)
        assert process.wait(PATIENCE_S) == (143 if number == signal.SIGTERM else -number)
        assert left_after(token, PATIENCE_S) == {}
    finally:
        process.kill()
        process.wait()
        left_after(token, 0.0)
    assert not (tmp_path / "out").exists()
