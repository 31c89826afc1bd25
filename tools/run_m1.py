"""The main job, from outside: run pytest over the lanes, then demand a fresh report and a fresh, coherent bundle.

An exit status can lie (a check that ends the process leaves 0); what is on disk cannot. Arguments go to pytest, whose
--help tells them.
"""

import ctypes
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIRROR = Path("runs/dev_substrate/dev_full/m1")
REPORT = "--json-report-file"
OUT = "--evidence-out"
GRACE_S = 10.0
_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)


def value_of(arguments: list[str], option: str) -> str | None:
    """The value of a command-line option, in either spelling."""
    for index, argument in enumerate(arguments):
        if argument == option and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(option + "="):
            return argument.partition("=")[2]
    return None


def end_with_parent() -> None:
    """In the child: end when this program is killed, which can no longer say so. Linux only; elsewhere nothing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def run_pytest(arguments: list[str]) -> int:
    """The exit status of pytest; 128 and the signal's number when a signal ended it. It never outlives this program."""
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=ROOT, preexec_fn=end_with_parent) as process:  # noqa: PLW1509 (one thread)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            status = process.wait()
        except KeyboardInterrupt:  # Ctrl-C reaches pytest as well, which takes its container along
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S)
            process.terminate()
            status = process.wait()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return status if status >= 0 else 128 - status


def main() -> int:
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    with tempfile.TemporaryDirectory(prefix="packaging-readiness.") as scratch:
        report = Path(value_of(arguments, REPORT) or f"{scratch}/report.json")
        if value_of(arguments, REPORT) is None:
            arguments.append(f"{REPORT}={report}")
        out = Path(value_of(arguments, OUT) or MIRROR / time.strftime("m1_%Y%m%dT%H%M%SZ", time.gmtime()))
        if value_of(arguments, OUT) is None:
            arguments.append(f"{OUT}={out}")
        report.unlink(missing_ok=True)
        status = run_pytest(arguments)
        if status != 0:
            return status
        if not report.is_file():
            print("run_m1: pytest ended with 0 but wrote no report: nothing was proved", file=sys.stderr)
            return 1
        verify = [sys.executable, "-m", "packaging_readiness.cli", "verify", str(out)]
        verified = subprocess.run(verify, cwd=ROOT, check=False).returncode
        if verified != 0:
            print("run_m1: the bundle does not hold, whatever pytest said", file=sys.stderr)
            return verified
        print(f"bundle: {out}")
        return 0


if __name__ == "__main__":
    sys.exit(main())
