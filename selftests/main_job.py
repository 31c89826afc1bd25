"""Run the main job as people run it: pytest in a process of its own, on a checkout of its own, with a real engine."""

import contextlib
import functools
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging_readiness.plugin.reference import CONTRACT, commit_copy

SUITE = Path(__file__).resolve().parent.parent
TEMPLATE = SUITE / "fixtures" / "reference_platform"
RUN_ID = "platform_20260222T194849Z"
WRITTEN_AT = "2026-02-22T19:48:49Z"
FOLDER = Path("evidence") / "runs" / RUN_ID / "P(-1)"
FIXED = ("--platform-run-id", RUN_ID, "--written-at", WRITTEN_AT)
INNER = "PACKAGING_READINESS_INNER_RUN"
_OURS = re.compile(r"PYTEST_|GITHUB_|AWS_|SOURCE_DATE_EPOCH|COLUMNS")


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended: its exit status and what it wrote."""

    status: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """All that it wrote, for messages."""
        return self.stdout + self.stderr


@dataclass(frozen=True, slots=True)
class Job:
    """One main job: how it ended, its report, and its bundle (which need not exist)."""

    ran: Ran
    report: Path
    out: Path

    @property
    def bundle(self) -> Path:
        """The folder of the objects."""
        return self.out / FOLDER

    def object(self, name: str) -> dict[str, Any]:
        """One object of the bundle."""
        value: dict[str, Any] = json.loads((self.bundle / f"{name}.json").read_bytes())
        return value

    def files(self) -> dict[str, bytes]:
        """Every file of the bundle."""
        return {path.name: path.read_bytes() for path in self.bundle.iterdir()}


def environment(**more: str) -> dict[str, str]:
    """The environment without what would make a run differ from one on another machine."""
    return {name: value for name, value in os.environ.items() if not _OURS.match(name)} | {INNER: "1"} | more


def hear_interrupts() -> None:
    """A job that a shell put into the background ignores Ctrl-C, and so would whatever it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path = SUITE,
    umask: int = -1,
    timeout_s: float = 120,
) -> Ran:
    """One process, waited for. A run that collects these tests again ends at once instead of starting the next."""
    assert INNER not in os.environ, "the main job collected the tests of the suite itself"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment() if env is None else env,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        umask=umask,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def pytest_run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Ran:
    """pytest at the root of the suite."""
    return run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments], env)


def main_job(folder: Path, *arguments: str | Path, env: Mapping[str, str] | None = None) -> Job:
    """The main job with a fixed identity; report and bundle go below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    report, out = folder / "report.json", folder / "out"
    ran = pytest_run(f"--json-report-file={report}", "--evidence-out", out, *FIXED, *arguments, env=env)
    return Job(ran, report, out)


def on_platform(root: Path) -> tuple[str | Path, ...]:
    """Options that point the main job at a checkout with a contract of its own."""
    return ("--platform-root", root, "--contract", root / CONTRACT)


def fresh_platform(root: Path) -> Path:
    """A checkout of the reference platform of one's own, as committed."""
    commit_copy(TEMPLATE, root)
    return root


def commit(root: Path, *, detached: bool = False) -> None:
    """Commit what was changed in a checkout; `detached` puts the commit on no branch."""
    identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.invalid", "-c", "core.hooksPath=/dev/null")
    steps = [("add", "--all", "--force"), ("commit", "--quiet", "--no-gpg-sign", "--message=Change")]
    for step in [("checkout", "--quiet", "--detach"), *steps] if detached else steps:
        ran = run(["git", *identity, *step], cwd=root)
        assert ran.status == 0, ran.text


def unbroken(base: Path) -> Job:
    """The main job on an unbroken checkout, run once per session; `base` is the session's folder."""
    job = _unbroken(base)
    assert job.ran.status == 0, job.ran.text
    return job


@functools.cache
def _unbroken(base: Path) -> Job:
    folder = base / "unbroken"
    return main_job(folder, *on_platform(fresh_platform(folder / "platform")))


def command(*arguments: str | Path) -> Ran:
    """`packaging-readiness` in this process."""
    from packaging_readiness.cli import main

    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        status = main([str(argument) for argument in arguments])
    return Ran(status, stdout.getvalue(), stderr.getvalue())


def bundled(report: Path, out: Path) -> Job:
    """The bundle of one report, as `packaging-readiness bundle` makes it."""
    return Job(command("bundle", report, "--out", out), report, out)
