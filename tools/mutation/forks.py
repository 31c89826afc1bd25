"""Work in forked processes, some at a time: each starts with all that this process has imported and remembers."""

import os
import pickle
import select
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
_RESULT = "result.pickle"


@dataclass(frozen=True, slots=True)
class Ended(Generic[Task]):
    """How a process ended: its exit status (negative: the signal that ended it), what it came to, if anything, and the
    time of the processor that it took.
    """

    task: Task
    status: int
    result: Any
    seconds: float
    said: str = ""


def run_forked(
    tasks: Iterable[Task], work: Callable[[Task, Path], object], jobs: int, folder: Path
) -> Iterator[Ended[Task]]:
    """Run `work` on each task in a process of its own, `jobs` at a time; yields in the order of ending. `work` gets a
    new folder, which is gone when its process has ended. All processes are stopped when the caller stops listening.
    """
    waiting, running = iter(tasks), dict[int, tuple[Task, int, Path]]()
    poll = select.poll()
    number, more = 0, True
    try:
        while more or running:
            while more and len(running) < jobs:
                task = next(waiting, None)
                more = task is not None
                if task is None:
                    break
                place = folder / str(number)
                number += 1
                place.mkdir()
                pid = _fork(task, work, place)
                running[handle := os.pidfd_open(pid)] = (task, pid, place)
                poll.register(handle, select.POLLIN)
            for handle, _ in poll.poll() if running else ():
                task, pid, place = running.pop(handle)
                poll.unregister(handle)
                os.close(handle)
                _, status, used = os.wait4(pid, 0)
                _stop(pid)
                yield _ended(task, os.waitstatus_to_exitcode(status), place, used.ru_utime + used.ru_stime)
                shutil.rmtree(place, ignore_errors=True)
    finally:
        for _, pid, _ in running.values():
            _stop(pid)
            os.waitpid(pid, 0)


def _fork(task: Task, work: Callable[[Task, Path], object], place: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()  # so that it can be stopped with all that it starts
        log = os.open(place / "log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        result = work(task, place)
        (place / _RESULT).write_bytes(pickle.dumps(result))
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _stop(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _ended(task: Task, status: int, place: Path, seconds: float) -> Ended[Task]:
    if status == 0:
        return Ended(task, status, pickle.loads((place / _RESULT).read_bytes()), seconds)
    return Ended(task, status, None, seconds, (place / "log").read_text("utf-8", "replace")[-2000:])
