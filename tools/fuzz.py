"""Fuzzers of everything that reads foreign bytes: one target at a time, for so many seconds, from a seed.

Each input must be read or refused within 2 s of CPU and bounded memory, without any other exception, without opening
anything outside of its folder, and without naming a place of the machine. Where atheris is installed (`tox -e fuzz`
does it where there is a wheel) it looks for inputs that reach new code; elsewhere hypothesis makes them.

A finding is a folder: its input whole, and what was seen. Exit status: 0 no finding, 1 findings, 2 wrong usage, or a
fuzzer that did not start.
"""

import argparse
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.fuzzing.bounds import Finding  # noqa: E402
from tools.fuzzing.keeping import CURRENT, FIGURES, FOUND, current, store  # noqa: E402
from tools.fuzzing.targets import TARGETS  # noqa: E402

WORKER = Path(__file__).resolve().parent / "fuzzing" / "worker.py"
STALLED_S = 60.0
ONCE_S = 120.0
NOTE_S = 30.0
_STALLED = "gave no answer"
_COVERAGE = re.compile(r"cov: (\d+)")


@dataclass(slots=True)
class Outcome:
    """What one fuzzer came to. `coverage` counts reached edges, None where nothing counts them."""

    target: str
    engine: str
    seed: int
    executions: int = 0
    seconds: float = 0.0
    coverage: int | None = None
    corpus: int = 0
    findings: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        rate = self.executions / self.seconds if self.seconds else 0
        reached = f"{self.coverage} edges, " if self.coverage is not None else ""
        return (
            f"{self.target}: {self.executions} executions in {self.seconds:.0f} s ({rate:.1f}/s), {self.engine}, seed "
            f"{self.seed}, {reached}corpus {self.corpus}, {len(self.findings)} findings"
        )


def fuzz(name: str, engine: str, seconds: float, seed: int, crashes: Path) -> Outcome:
    """Run one fuzzer; a worker that dies or stalls is a finding, and another one goes on for the time that is left."""
    outcome = Outcome(name, engine, seed)
    end, attempt = time.monotonic() + seconds, 0
    while attempt == 0 or end - time.monotonic() > 1:
        with tempfile.TemporaryDirectory(prefix="fuzz.") as scratch:
            folder = Path(scratch)
            died = _worked(name, engine, end - time.monotonic(), seed + attempt, folder, outcome)
            if died is not None:
                number, data = current(folder) if (folder / CURRENT).exists() else (0, b"")
                if not number:
                    raise RuntimeError(f"{name}: the fuzzer did not start: {died}")
                key = f"slow {died}" if died.startswith(_STALLED) else f"died {died}"
                store(folder / FOUND, name, Finding(key, f"the process {died} on this input"), data)
            for place in sorted((folder / FOUND).iterdir()):
                _kept(place, crashes, name, outcome)
        attempt += 1
    return outcome


def _worked(name: str, engine: str, seconds: float, seed: int, folder: Path, outcome: Outcome) -> str | None:
    """Run one worker to its end and add its figures; how it died, None when it ended by itself."""
    command = [sys.executable, str(WORKER), "explore", name, engine, str(seconds), str(seed), str(folder)]
    died, started = None, time.monotonic()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            died = _watched(process, name, folder)
        finally:
            process.kill()
            process.wait()
    log_text = (folder / "log").read_text("utf-8", "replace")
    if died is None and process.returncode != 0:
        died = f"ended with status {process.returncode}" + "".join(f"; {line}" for line in log_text.splitlines()[-1:])
    figures = _figures(folder)
    begun = current(folder)[0] if (folder / CURRENT).exists() else 0
    outcome.executions += max(begun, figures.get("executions", 0))
    outcome.seconds += figures.get("seconds", time.monotonic() - started)
    outcome.coverage = max((int(found) for found in _COVERAGE.findall(log_text)), default=outcome.coverage)
    inputs = folder / "corpus"
    outcome.corpus = len(list(inputs.iterdir())) if inputs.is_dir() else len(TARGETS[name].seeds())
    return died


def _watched(process: "subprocess.Popen[bytes]", name: str, folder: Path) -> str | None:
    number, since, noted = -1, time.monotonic(), time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        begun = current(folder)[0] if (folder / CURRENT).exists() else 0
        if begun != number:
            number, since = begun, time.monotonic()
        elif time.monotonic() - since > STALLED_S:
            return f"{_STALLED} for {STALLED_S:.0f} s"
        if time.monotonic() - noted > NOTE_S:
            noted, figures = time.monotonic(), _figures(folder)
            told = f"{figures.get('executions', 0)} executions, {len(figures.get('findings', {}))} findings"
            print(f"  {name}: {told}", flush=True)
    return None


def _figures(folder: Path) -> dict[str, Any]:
    path = folder / FIGURES
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def _kept(place: Path, crashes: Path, name: str, outcome: Outcome) -> None:
    """Move a finding to the crash folder, unless it does not come again without the engine and took only long."""
    status, _ = reproduced(name, place / "input")
    text = (place / "told.txt").read_text("utf-8")
    if status == 0 and text.startswith(("slow", "memory")):
        return
    told = text if status else text + "\nnot seen again with this input alone\n"
    target = crashes / place.name
    target.mkdir(parents=True, exist_ok=True)
    (target / "input").write_bytes((place / "input").read_bytes())
    (target / "told.txt").write_text(told.replace(f"{place.name}/input", str(target / "input"), 1), encoding="utf-8")
    if place.name not in outcome.findings:
        print(f"  finding: {target}: {text.splitlines()[0]}", flush=True)
    outcome.findings.add(place.name)


def reproduced(name: str, file: Path) -> tuple[int, str]:
    """One input in a process of its own: 0 when it is no finding, and what was seen."""
    with tempfile.TemporaryDirectory(prefix="fuzz.") as scratch:
        command = [sys.executable, str(WORKER), "once", name, str(file.resolve()), scratch]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=ONCE_S, check=False
            )
        except subprocess.TimeoutExpired:
            return 1, f"no answer for {ONCE_S:.0f} s"
    return done.returncode, done.stdout or done.stderr or f"the process ended with status {done.returncode}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", action="append", choices=tuple(TARGETS), help="repeatable; default: every one")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each target (default: 600)")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time, printed")
    parser.add_argument("--engine", choices=("auto", "atheris", "hypothesis"), default="auto")
    parser.add_argument("--crashes", type=Path, default=Path("runs/fuzz"), help="folder of the findings (runs/fuzz)")
    parser.add_argument("--list", action="store_true", help="name every target and what it reads, and stop")
    parser.add_argument("--reproduce", type=Path, metavar="FILE", help="hand one input to the target, and stop")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the worker ends, too
    if options.list:
        print("\n".join(f"{target.name:11} {target.reads}" for target in TARGETS.values()))
        return 0
    if options.reproduce is not None:
        if len(options.target or ()) != 1 or not options.reproduce.is_file():
            parser.error("--reproduce needs an input's file and its one --target")
        status, told = reproduced(options.target[0], options.reproduce)
        print(told.rstrip("\n"))
        return 1 if status else 0
    engine = options.engine
    if engine == "auto":
        engine = "atheris" if find_spec("atheris") else "hypothesis"
    elif find_spec(engine) is None:
        parser.error(f"{engine} is not installed here")
    seed = random.SystemRandom().randrange(1, 1 << 31) if options.seed is None else options.seed
    names = options.target or list(TARGETS)
    print(f"fuzz: {len(names)} targets, {options.seconds:.0f} s each, {engine}, seed {seed}", flush=True)
    found = 0
    for name in names:
        try:
            outcome = fuzz(name, engine, options.seconds, seed, options.crashes)
        except RuntimeError as error:
            print(f"fuzz: {error}", file=sys.stderr)
            return 2
        print(outcome, flush=True)
        found += len(outcome.findings)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
