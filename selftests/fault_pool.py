"""Several faults at once, each in a forked process of its own; what each came to is handed back as it ends."""

import multiprocessing
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from selftests.fault_recipes import Fault
from selftests.fault_runs import Outcome, run_fault

TIMEOUT_S = 300.0
_RESULT = "outcome.pickle"


def run_all(faults: Sequence[Fault], folder: Path, workers: int) -> Iterator[tuple[Fault, Outcome]]:
    """Run `faults` in processes of their own, `workers` at a time, each below `folder`; yields in the order of ending.

    The processes are stopped, with all that they started, when the caller stops listening.
    """
    # What mostly waits comes first, beside what works.
    order = sorted(faults, key=lambda fault: fault.on == "impatient")
    waiting, running = order, dict[Any, tuple[Fault, float]]()
    fork = multiprocessing.get_context("fork")
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                fault = waiting.pop()
                process = fork.Process(target=_child, args=(fault, folder), name=fault.name)
                process.start()
                running[process] = (fault, time.monotonic())
            wait([process.sentinel for process in running], timeout=5.0)
            for process, (fault, started) in list(running.items()):
                late = time.monotonic() - started > TIMEOUT_S
                if process.is_alive() and not late:
                    continue
                _stop(process)
                del running[process]
                yield fault, _outcome(folder / fault.name, late)
    finally:
        for process in running:
            _stop(process)


def _child(fault: Fault, folder: Path) -> None:
    os.setsid()  # so that it can be stopped with all that it starts
    place = folder / fault.name
    try:
        outcome = run_fault(fault, place, folder)
    except BaseException as error:
        traceback.print_exc(file=sys.stderr)
        outcome = Outcome({}, (), (), "", 0, f"the fault could not be made: {type(error).__name__}: {error}")
    sys.stdout.flush()
    part = place / f"{_RESULT}.part"
    part.write_bytes(pickle.dumps(outcome))
    part.rename(place / _RESULT)
    os._exit(0)


def _stop(process: Any) -> None:
    with suppress(ProcessLookupError):  # it has not begun, or all of it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _outcome(place: Path, late: bool) -> Outcome:
    path = place / _RESULT
    if path.is_file():
        outcome = pickle.loads(path.read_bytes())
        assert isinstance(outcome, Outcome)
        return outcome
    what = f"took more than {TIMEOUT_S:.0f} s" if late else "ended without a word"
    return Outcome({}, (), (), "", 0, f"the run {what}")
