"""A clock that steps back: a run that ends before it began proves nothing, nor does one older than its own image."""

from pathlib import Path

import pytest

from selftests.main_job import command
from selftests.miniature import FACTS, Miniature, Run

# The clock of the run's own process is set back when the first check has run, or before anything does.
STEPS_BACK = """
import time

true = time.time

def pytest_runtest_logreport(report):
    time.time = lambda: true() - 3600
"""
BEHIND = """
import time

behind = time.time() - {now}
true = time.time
time.time = lambda: true() - behind
"""
BUILT = FACTS["m1c.provenance.field[build_completed_at_utc]"]["build_completed_at_utc"]
AN_HOUR_BEFORE, ITS_SECONDS = "2026-02-22T18:48:49Z", 1771786129


@pytest.fixture
def suite(miniature: Miniature) -> Miniature:
    miniature.whole()
    return miniature


def hook(suite: Miniature, source: str) -> str:
    """Put a hook into the root of the suite; what stood there before."""
    path = suite.root / "conftest.py"
    before = path.read_text()
    path.write_text(before + source)
    return before


def decides_nothing(run: Run, out: Path, *words: str) -> None:
    assert run.status == 1, run.text
    assert "M1: PASS" not in run.text
    assert "Traceback" not in run.text
    for word in (*words, "fix: "):
        assert word in run.text
    assert not out.exists()


def test_clock_that_steps_back_during_the_run(suite: Miniature) -> None:
    before = hook(suite, STEPS_BACK)
    run = suite.run("--evidence-out=out")
    decides_nothing(run, suite.root / "out", "created: it is older than its own header")
    refused = command("bundle", run.report_path, "--out", suite.root / "later")
    assert (refused.status, "it is older than its own header" in refused.stderr) == (2, True)
    (suite.root / "conftest.py").write_text(before)
    assert suite.run("--evidence-out=out").status == 0


def test_clock_that_was_set_back_after_the_image_was_built(suite: Miniature) -> None:
    """A run that says PASS of evidence which `verify` refuses would be worse than one that fails."""
    assert BUILT > AN_HOUR_BEFORE
    before = hook(suite, BEHIND.format(now=ITS_SECONDS))
    run = suite.run("--evidence-out=out", f"--written-at={AN_HOUR_BEFORE}")
    decides_nothing(run, suite.root / "out", f"is {BUILT}, later than {AN_HOUR_BEFORE}", "clock")
    (suite.root / "conftest.py").write_text(before)
    assert suite.run("--evidence-out=out", f"--written-at={BUILT}").status == 0
