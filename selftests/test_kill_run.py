"""A run that is killed in the middle: no verdict, no half-written bundle, and the next run removes its container."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.leftovers import RUN_LABEL
from packaging_readiness.plugin.reference import CONTRACT
from selftests.main_job import SUITE, commit, environment, fresh_platform, hear_interrupts, on_platform

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose first entrypoint hangs, so that a run can be met in its middle."""
    root = fresh_platform(tmp_path_factory.mktemp("hanging") / "platform")
    contract, _ = load_contract(str(root / CONTRACT))
    module = contract.entrypoints[0].module.replace(".", "/")
    (root / "src" / f"{module}.py").write_text(f"# {os.getpid()}\nimport time\ntime.sleep(600)\n")
    commit(root)
    return root


@pytest.fixture(scope="module")
def engine() -> Engine:
    return detect()


def run_id(number: int) -> str:
    """A run id of this test's own."""
    return f"platform_2026{number:04}T{os.getpid() % 1_000_000:06}Z"


def containers(engine: Engine, run: str, *filters: str) -> list[str]:
    listed = engine.call("ps", "--all", "--no-trunc", "--quiet", f"--filter=label={RUN_LABEL}={run}", *filters)
    return listed.decode().split()


def command(folder: Path, platform: Path, run: str, *arguments: str) -> list[str]:
    options = [f"--json-report-file={folder}/report.json", f"--evidence-out={folder}/out", "--platform-run-id", run]
    given = [str(part) for part in on_platform(platform)]
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, *given, *arguments]


@contextmanager
def live(engine: Engine, folder: Path, platform: Path, run: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run of the suite, met while its rows run in a container."""
    folder.mkdir()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command(folder, platform, run, "-m", "m1b", *arguments),
            cwd=SUITE,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=hear_interrupts,  # noqa: PLW1509 (this process has one thread)
        )
    try:
        end = time.monotonic() + PATIENCE_S
        while not containers(engine, run, "--filter=status=running"):
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < end, (folder / "said").read_text()
            time.sleep(0.1)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for left in containers(engine, run):
            engine.attempt("rm", "--force", left)


def wait_until_gone(engine: Engine, run: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while containers(engine, run) and time.monotonic() < end:
        time.sleep(0.1)
    assert containers(engine, run) == []


def next_run(folder: Path, platform: Path, run: str) -> None:
    """A later run, of one row that passes."""
    folder.mkdir()
    done = subprocess.run(
        command(folder, platform, run, "--check", "m1b.run.help[mpr]"),
        cwd=SUITE,
        env=environment(),
        capture_output=True,
        timeout=2 * PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()


def freeze(engine: Engine, container: str) -> None:
    """Keep the container from noticing that its run is gone, as a machine under load may."""
    pid = int(engine.call("inspect", "--format={{.State.Pid}}", container))
    os.kill(pid, signal.SIGSTOP)


def test_killed_run_leaves_no_verdict_and_the_next_run_its_container(
    engine: Engine, platform: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    with live(engine, tmp_path / "killed", platform, run_id(1), *mode) as killed:
        (left,) = containers(engine, run_id(1))
        freeze(engine, left)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        assert containers(engine, run_id(1)) == [left]
        assert sorted(path.name for path in (tmp_path / "killed").iterdir()) == ["said"], "no report and no bundle"
        assert "PASS" not in (tmp_path / "killed" / "said").read_text()
        next_run(tmp_path / "next", platform, run_id(2))
        assert containers(engine, run_id(1)) == []
        assert containers(engine, run_id(2)) == []


def test_controller_killed_alone_takes_its_workers_and_their_container_along(
    engine: Engine, platform: Path, tmp_path: Path
) -> None:
    with live(engine, tmp_path / "killed", platform, run_id(3), "-n2") as killed:
        killed.kill()
        killed.wait()
        wait_until_gone(engine, run_id(3))
        assert sorted(path.name for path in (tmp_path / "killed").iterdir()) == ["said"]


def test_container_of_a_live_run_is_not_swept(engine: Engine, platform: Path, tmp_path: Path) -> None:
    with live(engine, tmp_path / "live", platform, run_id(4)) as other:
        mine = containers(engine, run_id(4))
        next_run(tmp_path / "next", platform, run_id(5))
        assert containers(engine, run_id(4)) == mine
        assert other.poll() is None


def test_interrupted_run_takes_its_container_along_and_decides_nothing(
    engine: Engine, platform: Path, tmp_path: Path
) -> None:
    with live(engine, tmp_path / "stopped", platform, run_id(6)) as stopped:
        stopped.send_signal(signal.SIGINT)
        assert stopped.wait(PATIENCE_S) not in (0, None)
        assert containers(engine, run_id(6)) == []
        assert "M1: PASS" not in (tmp_path / "stopped" / "said").read_text()
        for verdict in (tmp_path / "stopped" / "out").rglob("m1_build_go_transition_receipt.json"):
            assert json.loads(verdict.read_bytes())["transition_verdict"] == "FAIL"
