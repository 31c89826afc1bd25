"""Containers that an earlier run left behind: found by label, removed when the process that made them is dead."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from packaging_readiness.image.engine import Engine

RUN_LABEL = "packaging-readiness.run"
_PREFIX = "packaging-readiness-"


def run_label(run_id: str) -> str:
    """The label that ties a container to its run."""
    return f"{RUN_LABEL}={run_id}"


def container_name() -> str:
    """A fresh name that tells which process made the container: its id and its start time."""
    return f"{_PREFIX}{os.getpid()}.{_birth(os.getpid())}-{secrets.token_hex(8)}"


def sweep(engine: Engine, run_id: str | None = None) -> tuple[str, ...]:
    """Remove left containers of ours and return their ids.

    With `run_id`: all of that run. Without: those whose maker no longer lives. Nobody else's are touched.
    CannotTell: the engine does not answer.
    """
    label = RUN_LABEL if run_id is None else run_label(run_id)
    listed = engine.call("ps", "--all", "--no-trunc", f"--filter=label={label}", "--format={{.ID}} {{.Names}}")
    found = [line.split() for line in listed.decode("utf-8", "replace").splitlines() if line.strip()]
    left = tuple(entry[0] for entry in found if run_id is not None or _abandoned("".join(entry[1:])))
    remove(engine, left)
    return left


def remove(engine: Engine, containers: Sequence[str]) -> None:
    """Remove containers by id or name, running or not; one that is already gone is no error."""
    # docker kills at once; podman would first ask, and the driver, PID 1, does not end when asked
    at_once = ["--time=0"] if engine.name == "podman" else []
    for container in containers:
        engine.attempt("rm", "--force", *at_once, "--volumes", container, timeout_s=30.0)


def _birth(pid: int) -> str:
    """Start time of a process in clock ticks since boot (proc(5), stat, field 22); empty when it is gone or dead and
    only not yet waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in ("Z", "X") else fields[19]
    except (OSError, IndexError):
        return ""


def _abandoned(name: str) -> bool:
    maker = name.removeprefix(_PREFIX).partition("-")[0]
    pid, _, birth = maker.partition(".")
    return name.startswith(_PREFIX) and pid.isdigit() and birth.isdigit() and _birth(int(pid)) != birth
