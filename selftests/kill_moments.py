"""Who is killed, when and how: moments in the life of a run, the processes it consists of, and what is left of them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools.namespaces import children

TOKEN = "PACKAGING_READINESS_KILL_HARNESS"
END_S = 300.0
_LOOK_S = 0.001
Aim = Literal["any", "report", "write", "put"]
Victim = Literal["run", "group", "worker", "engine"]
SIGNALS: Mapping[Victim, tuple[signal.Signals, ...]] = {
    "run": (signal.SIGKILL, signal.SIGTERM),
    "group": (signal.SIGKILL, signal.SIGTERM, signal.SIGINT),
    "worker": (signal.SIGKILL, signal.SIGTERM),
    "engine": (signal.SIGKILL,),
}


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill as it was drawn: `part` (0 to 1) of the time from the moment aimed at to the end of that phase."""

    victim: Victim
    signal: signal.Signals
    aim: Aim
    part: float
    red: bool = False


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long one whole run took (seconds): all of it, from report to bundle, and writing the bundle."""

    whole: float
    report: float = 0.0
    write: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over: exit status (negative for a signal), all that it said, whether a signal was sent."""

    status: int
    text: str
    killed: bool


def hit(process: "subprocess.Popen[bytes]", kill: Kill, lengths: Lengths, reached: Callable[[Aim], bool]) -> bool:
    """Wait for the moment and send the signal; False when the run, or the victim in it, ended before.

    `reached` says whether the moment aimed at has come.
    """
    begun = time.monotonic()
    if kill.aim == "any":
        _wait(process, lambda: time.monotonic() - begun >= kill.part * lengths.whole)
    else:
        _wait(process, lambda: reached(kill.aim))
        come, phase = time.monotonic(), {"report": lengths.report, "write": lengths.write}.get(kill.aim, 0.0)
        _wait(process, lambda: time.monotonic() - come >= kill.part * phase)
    if kill.victim in ("run", "group"):
        if process.poll() is not None:
            return False
        send = os.killpg if kill.victim == "group" else os.kill
        send(process.pid, kill.signal)
        return True
    find = workers if kill.victim == "worker" else engine_processes
    _wait(process, lambda: bool(find(process.pid)))
    found = find(process.pid)
    for pid in found[int(kill.part * len(found)) :][:1]:
        with suppress(ProcessLookupError):
            os.kill(pid, kill.signal)
            return True
    return False


def _wait(process: "subprocess.Popen[bytes]", come: Callable[[], bool]) -> None:
    end = time.monotonic() + END_S
    while not come() and process.poll() is None and time.monotonic() < end:
        time.sleep(_LOOK_S)


def workers(pid: int) -> list[int]:
    """The workers of a distributed run: what pytest-xdist started, whatever else did."""
    return [child for child in descendants(pid) if b"sys.stdin.readline" in _read(child, "cmdline")]


def engine_processes(pid: int) -> list[int]:
    """The engine's own processes of a run: its clients and the monitors of its containers, which left its family."""
    marks = [entry for entry in _read(pid, "environ").split(b"\0") if entry.startswith(f"{TOKEN}=".encode())]
    token = marks[0].partition(b"=")[2].decode() if marks else "of nobody"
    return [process for process, name in living(token).items() if name in ("podman", "conmon", "docker")]


def descendants(pid: int) -> list[int]:
    """Children, and theirs."""
    found = children(pid)
    return [*found, *(below for child in found for below in descendants(child))]


def living(token: str) -> dict[int, str]:
    """Every process that bears the token in its environment, by id, with its name."""
    mark = f"{TOKEN}={token}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and mark in _read(int(folder.name), "environ").split(b"\0"):
            found[int(folder.name)] = _read(int(folder.name), "comm").decode("utf-8", "replace").strip()
    return found


def left_after(token: str, patience_s: float) -> dict[int, str]:
    """What still lives when the patience is over; it is killed then."""
    end = time.monotonic() + patience_s
    while (left := living(token)) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
