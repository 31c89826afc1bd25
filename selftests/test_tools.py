"""The main job as pipelines call it: an exit status is not believed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LEAVES_WITH_ZERO = """
import os
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    os._exit(0)
"""
LOSES_THE_BUNDLE = """
import pytest
from packaging_readiness.plugin import conclusion

conclusion.write_bundle = lambda files, out, folder: out / folder
"""


def run_m1(plugin: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    (folder / "saboteur.py").write_text(plugin)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTHONPATH"] = str(folder)
    command = [sys.executable, str(ROOT / "tools" / "run_m1.py"), "-p", "saboteur", "-p", "no:cacheprovider"]
    command += [f"--evidence-out={folder / 'out'}", f"--json-report-file={folder / 'report.json'}"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_process_that_leaves_with_zero_is_red(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"stale": true}')
    done = run_m1(LEAVES_WITH_ZERO, tmp_path)
    assert done.returncode == 1
    assert "wrote no report" in done.stderr


def test_a_bundle_that_was_never_written_is_red(tmp_path: Path) -> None:
    done = run_m1(LOSES_THE_BUNDLE, tmp_path)
    assert done.returncode == 2
    assert "the bundle does not hold" in done.stderr


@pytest.mark.parametrize("name", ["startup.py"])
def test_benchmarks_explain_themselves(name: str) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / name), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Exit status" in " ".join(done.stdout.split())


def test_help_of_the_main_job_runs_nothing() -> None:
    command = [sys.executable, str(ROOT / "tools" / "run_m1.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The main job, from outside")


def test_interrupted_bootstrap_says_so(tmp_path: Path) -> None:
    """While it waits for a package manager, here one that never ends."""
    for name, text in {"git": "", "sudo": 'exec "$@"', "apt-get": "echo waiting; exec /bin/sleep 60"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    # A shell starts what it runs beside itself with SIGINT ignored.
    start = "import os, sys, signal as s; s.signal(s.SIGINT, s.SIG_DFL); os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", start, sys.executable, str(ROOT / "bootstrap.py"), "m1"]
    environment = {"PATH": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as ran:
        assert ran.stdout is not None
        while "waiting" not in (line := ran.stdout.readline()):
            assert line, "ended before it waited"
        ran.send_signal(signal.SIGINT)
        said = ran.stdout.read()
        assert ran.wait(30) == 2
    assert "interrupted" in said
    assert "Traceback" not in said


def test_job_that_bootstrap_does_not_know_is_named() -> None:
    command = [sys.executable, str(ROOT / "bootstrap.py"), "nope"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "bootstrap: there is no job called 'nope'")
