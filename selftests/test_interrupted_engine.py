"""Ctrl-C while only the engine keeps the run: it ends at once, in order, and leaves no process behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from selftests.main_job import SUITE, environment, hear_interrupts

ROW = "m1b.run.help[mpr]"
PATIENCE_S = 120.0
# Says its version, and then never answers.
HANGS = """#!/bin/sh
[ "$1" = --version ] && {{ echo podman version 4.3.1; exit; }}
echo $$ > {told}.new; mv {told}.new {told}
exec sleep 600
"""
# Does what it should, and goes on after its container is gone.
ENDS_LATE = """#!/bin/sh
for word in "$@"; do
  [ "$word" = run ] && {{ {real} "$@"; status=$?; echo $$ > {told}.new; mv {told}.new {told}; sleep 20; exit $status; }}
done
exec {real} "$@"
"""


def interrupted(folder: Path, script: str, moment: str, *arguments: str) -> tuple[int, str]:
    """Run one row with an engine of our own and press Ctrl-C when the terminal or the engine tells the moment: exit
    status and terminal.
    """
    engine = folder / "bin" / "podman"
    engine.parent.mkdir()
    engine.write_text(script.format(told=folder / "told", real=shutil.which("podman")))
    engine.chmod(0o755)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--json-report-file={folder}/report.json"]
    terminal = folder / "terminal"
    with terminal.open("wb") as said:
        run = subprocess.Popen(
            [*command, "--check", ROW, *arguments],
            cwd=SUITE,
            env=environment(PATH=f"{engine.parent}{os.pathsep}{os.environ['PATH']}", PYTHONUNBUFFERED="1"),
            stdout=said,
            stderr=said,
            preexec_fn=hear_interrupts,  # noqa: PLW1509 - this process has no other thread
        )
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not (moment in terminal.read_text() or (folder / moment).exists()):
            assert run.poll() is None, terminal.read_text()
            assert time.monotonic() < deadline, terminal.read_text()
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        return run.wait(15), terminal.read_text()
    finally:
        run.kill()
        run.wait()


def lives(process: int) -> bool:
    """Whether the process still runs: proc(5), stat, field 3."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_an_engine_that_does_not_answer_keeps_no_run_from_its_end(tmp_path: Path) -> None:
    status, text = interrupted(tmp_path, HANGS, "told", "--image", "localhost/any:tag")
    engine = int((tmp_path / "told").read_text())
    left = lives(engine)
    with suppress(ProcessLookupError):
        os.kill(engine, signal.SIGKILL)
    assert not left
    assert (status, "Traceback" in text) == (2, False), text


def test_a_container_that_ends_late_keeps_no_interrupted_run_from_its_end(tmp_path: Path) -> None:
    status, text = interrupted(tmp_path, ENDS_LATE, "waiting until the container is gone")
    assert (status, "Traceback" in text) == (2, False), text
    assert "a container that is left is removed by the next run" in text
