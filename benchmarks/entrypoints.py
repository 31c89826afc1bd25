"""Cost of `pytest -m m1b` on an existing image, beside a shell loop, xargs in one container, and pytest-testinfra."""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.entrypoint_image import SYNTHETIC_ROWS, make_image, synthetic_contract  # noqa: E402
from packaging_readiness.image.commands import DEFAULT_LIMITS  # noqa: E402
from packaging_readiness.image.container import hardening, plain_command  # noqa: E402
from packaging_readiness.image.engine import Engine, detect  # noqa: E402

CORES = len(os.sched_getaffinity(0))
START_S, ONE_ROW_S, ROW_MS, MEMORY_MIB = 0.6, 1.2, 10.0, 150.0
LINEAR = 1.5
SYNTHETIC = (SYNTHETIC_ROWS // 4, SYNTHETIC_ROWS // 2, SYNTHETIC_ROWS)
TESTINFRA = """import json, subprocess
import pytest, testinfra

SETUP = json.load(open({setup!r}))

@pytest.fixture(scope="session")
def host():
    name = subprocess.run(SETUP["start"], capture_output=True, text=True, check=True).stdout.strip()
    yield testinfra.get_host(SETUP["engine"] + "://" + name)
    subprocess.run(SETUP["end"] + [name], capture_output=True, check=True)

@pytest.mark.parametrize("command", SETUP["commands"])
def test_row(host, command):
    assert SETUP["commands"][command] in (None, host.run(command).rc)
"""


@dataclass
class Bench:
    """One image and what is measured on it; `seconds` by name, in the order measured."""

    engine: Engine
    image: str
    folder: Path
    selection: tuple[str, ...]
    commands: list[list[str]] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    inside: float = 0.0
    own: float = 0.0

    def suite(self, *arguments: str, expected: int = 0) -> tuple[float, float, list[dict[str, Any]]]:
        """One run of pytest: wall time in s, peak memory in MiB, and what it recorded of each row that ran."""
        report = self.folder / "report.json"
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", f"--json-report-file={report}"]
        command = [sys.executable, "-m", "pytest", *options, "--engine", self.engine.name, "--image", self.image]
        start = time.perf_counter()
        with (self.folder / "said").open("wb") as said:
            process = subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=said, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != expected:
            print((self.folder / "said").read_text("utf-8", "replace")[-3000:], file=sys.stderr)
            raise SystemExit(2)
        rows = [test["metadata"]["readiness"] for test in json.loads(report.read_bytes())["tests"]]
        return taken, usage.ru_maxrss / 1024, [row for row in rows if "duration_s" in row["measured"]]

    def ours(self, *arguments: str) -> None:
        """(a): the suite; what it ran is what the others run."""
        taken, _, rows = self.suite(*self.selection, *arguments)
        self.note("n2" if arguments else "suite", taken)
        if not arguments:
            # rows with the same command share one process: the command counts once
            ran = {row["observation"]["command"]: row["measured"]["duration_s"] for row in rows}
            self.inside, self.own = sum(ran.values()), statistics.median(ran.values())
            self.commands = [command.split() for command in ran]
            statuses = {row["observation"]["command"]: row["observation"]["exit_code"] for row in rows}
            # Only the suite hands out the event files that some commands read: elsewhere those end otherwise.
            self.statuses = [None if ".json" in command else statuses[command] for command in ran]

    def loop(self) -> None:
        """(b): a container for each command, one after the other."""
        lines = [plain_command(self.engine, self.image, argv, DEFAULT_LIMITS) for argv in self.commands]
        if self.engine.runtime:
            lines = [line.replace(self.engine.name, " ".join(self.engine.command()), 1) for line in lines]
        self.shell("loop", "\n".join(f"{line} </dev/null >/dev/null 2>&1" for line in lines))

    def xargs(self) -> None:
        """(c): all commands by xargs in one container, from the start of the container on: the limit."""
        self.note("xargs", self.by_xargs(self.commands))

    def by_xargs(self, commands: Sequence[Sequence[str]]) -> float:
        """Wall time in s of the commands, `python` each, as many at a time as there are cores."""
        options = [*hardening(self.engine, DEFAULT_LIMITS), "--entrypoint=xargs"]
        argv = self.engine.command("run", "-i", "--rm", *options, self.image, f"-P{CORES}", "-L1", "python")
        lines = "".join(shlex.join(command[1:]) + "\n" for command in commands)
        start = time.perf_counter()
        done = subprocess.run(argv, input=lines.encode(), capture_output=True, check=False)
        taken = time.perf_counter() - start
        if done.returncode not in (0, 123):  # 123: one of the commands ended with another status than 0
            print(done.stderr.decode("utf-8", "replace")[-2000:], file=sys.stderr)
            raise SystemExit(2)
        return taken

    def testinfra(self, python: Path) -> None:
        """(d): the same commands as tests of pytest-testinfra on two workers, a container for each worker."""
        options = [*hardening(self.engine, DEFAULT_LIMITS), "--entrypoint=python"]
        sleep = ["-c", "import time; time.sleep(3600)"]
        setup = {
            "engine": self.engine.name,
            "start": self.engine.command("run", "-d", "--rm", *options, self.image, *sleep),
            "end": self.engine.command("kill"),
            "commands": {
                shlex.join(command): status for command, status in zip(self.commands, self.statuses, strict=True)
            },
        }
        folder = self.folder / "testinfra"
        folder.mkdir(exist_ok=True)
        (folder / "setup.json").write_text(json.dumps(setup))
        (folder / "test_rows.py").write_text(TESTINFRA.format(setup=str(folder / "setup.json")))
        start = time.perf_counter()
        command = [str(python), "-m", "pytest", "-q", "-n2", "-p", "no:cacheprovider", "test_rows.py"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stdout[-3000:] + done.stderr[-1000:], file=sys.stderr)
            raise SystemExit(2)
        self.note("testinfra", time.perf_counter() - start)

    def shell(self, name: str, script: str) -> None:
        start = time.perf_counter()
        subprocess.run(["sh", "-s"], input=script.encode(), check=False)
        self.note(name, time.perf_counter() - start)

    def note(self, name: str, seconds: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)
        say(f"  {name}: {seconds:.2f} s")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Build a variant of the reference image whose modules import real heavy packages (boto3, moto; "
        "about 0.5 s each), then measure on it, alternating: (a) `pytest -m m1b` with --image, (b) a shell loop of "
        "hardened `podman run` for each command, (c) the same commands by xargs on all cores inside one container, "
        "counted from the container's start, (d) the same commands in pytest-testinfra with -n 2, and (a) with -n 2. "
        "(b), (c) and (d) run the commands that (a) recorded. Then 250, 500 and 1,000 synthetic rows, and one failing "
        "row alone. Medians count. pytest-testinfra is installed into a temporary environment.",
        epilog=f"Limits: (a) at most 1.1 x (c) + {START_S} s, at most half of (b), less than (d); -n 2 at most 1.35 x "
        f"(c); overhead for a synthetic row below {ROW_MS:.0f} ms and growing linearly; memory below {MEMORY_MIB:.0f} "
        f"MiB; one failing row at most {ONE_ROW_S} s plus its own time. Measure on an idle machine. Exit status: 0 "
        "within the limits, 1 not, 2 a measured command failed.",
    )
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (default: 3; the median counts)")
    parser.add_argument("--help-only", action="store_true", help="measure the 21 help rows instead of the whole lane")
    parser.add_argument("--json", action="store_true", help="print one JSON object of named values")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="entrypoints-") as folder:
        engine = detect()
        say("making the image")
        image = make_image(engine, Path(folder, "context"), Path(folder, "cache"), say)
        selection = ("--check", "m1b.run.help") if options.help_only else ("-m", "m1b")
        bench = Bench(engine, image, Path(folder), selection)
        say("installing pytest-testinfra")
        python = _environment(Path(folder, "venv"))
        bench.suite(*selection)  # a first run fills the caches of image facts and bytecode
        measured: list[Callable[[], None]] = [bench.ours, bench.xargs, lambda: bench.ours("-n2")]
        measured += [lambda: bench.testinfra(python), bench.loop]
        for number in range(options.rounds):
            say(f"round {number + 1} of {options.rounds}")
            for measure in measured:
                measure()
        values = _lane(bench) | _synthetic(bench, options.rounds) | _one_row(bench, options.rounds)
    limits = _limits(values)
    missed = [name for name, (held, _) in limits.items() if not held]
    if options.json:
        print(json.dumps({**values, "limits": {name: text for name, (_, text) in limits.items()}, "missed": missed}))
    else:
        for name, value in values.items():
            print(f"{name:38} {value:10.3f}")
        for name, (held, text) in limits.items():
            print(f"{'held  ' if held else 'MISSED'} {name}: {text}")
    return 1 if missed else 0


def _environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "pytest-testinfra", "pytest-xdist"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr[-2000:], file=sys.stderr)
        raise SystemExit(2)
    return python


def _lane(bench: Bench) -> dict[str, float]:
    median = {name: statistics.median(values) for name, values in bench.seconds.items()}
    values = {f"{name}_s": seconds for name, seconds in median.items()}
    values |= {f"{name}_to_xargs": median[name] / median["xargs"] for name in median if name != "xargs"}
    values["suite_beyond_1.1_xargs_s"] = median["suite"] - 1.1 * median["xargs"]
    values["loop_to_suite"] = median["loop"] / median["suite"]
    values["commands"] = len(bench.commands)
    values["median_command_s"] = bench.own
    values["share_outside_commands"] = 1 - bench.inside / CORES / bench.seconds["suite"][-1]
    return values


def _synthetic(bench: Bench, rounds: int) -> dict[str, float]:
    """Wall time for growing numbers of rows, and what a row costs beyond its command."""
    seconds: dict[int, list[float]] = {rows: [] for rows in SYNTHETIC}
    limit: list[float] = []
    peak = 0.0
    for _ in range(rounds):
        for rows in SYNTHETIC:
            contract = bench.folder / f"synthetic-{rows}.yaml"
            synthetic_contract(contract, rows)
            checks = [f"m1b.run.help[synthetic-{number}]" for number in range(rows)]
            chosen = bench.folder / f"checks-{rows}"
            chosen.write_text("".join(f"--check\n{check}\n" for check in checks))
            taken, memory, _ = bench.suite(f"--contract={contract}", f"@{chosen}")
            seconds[rows].append(taken)
            peak = max(peak, memory)
            say(f"  {rows} synthetic rows: {taken:.2f} s, {memory:.0f} MiB")
        limit.append(
            bench.by_xargs([["python", "-m", f"synthetic.row_{number}", "--help"] for number in range(SYNTHETIC_ROWS)])
        )
        say(f"  {SYNTHETIC[-1]} by xargs: {limit[-1]:.2f} s")
    few, some, many = (statistics.median(seconds[rows]) for rows in SYNTHETIC)
    first, second = (some - few) / (SYNTHETIC[1] - SYNTHETIC[0]), (many - some) / (SYNTHETIC[2] - SYNTHETIC[1])
    return {
        "synthetic_s": many,
        "synthetic_xargs_s": statistics.median(limit),
        "synthetic_growth": second / first,
        "synthetic_overhead_ms": (many - statistics.median(limit)) / SYNTHETIC[-1] * 1000,
        "synthetic_peak_mib": peak,
    }


def _one_row(bench: Bench, rounds: int) -> dict[str, float]:
    """Wall time of one failing row alone, beyond the row's own."""
    contract = bench.folder / "one.yaml"
    synthetic_contract(contract, 0)
    beyond = []
    for _ in range(rounds + 1):
        taken, _, rows = bench.suite("--check", "m1b.run.help[fails]", f"--contract={contract}", expected=1)
        (row,) = rows
        beyond.append(taken - row["measured"]["duration_s"])
        say(f"  one failing row: {taken:.2f} s")
    return {"one_row_beyond_its_own_s": statistics.median(beyond[1:])}


def _limits(values: dict[str, float]) -> dict[str, tuple[bool, str]]:
    """Whether each limit is held, and the limit in words."""
    xargs, suite = values["xargs_s"], values["suite_s"]
    return {
        "suite": (suite <= 1.1 * xargs + START_S, f"{suite:.2f} s, at most 1.1 x xargs + {START_S} s"),
        "loop": (values["loop_to_suite"] >= 2, f"{values['loop_to_suite']:.2f} x the suite, at least 2"),
        "testinfra": (suite < values["testinfra_s"], f"{values['testinfra_s'] / suite:.2f} x the suite, more than 1"),
        "n2": (values["n2_to_xargs"] <= 1.35, f"{values['n2_to_xargs']:.2f} x xargs, at most 1.35"),
        "growth": (
            values["synthetic_growth"] <= LINEAR,
            f"a row of the second half costs {values['synthetic_growth']:.2f} x one before, at most {LINEAR}",
        ),
        "overhead": (
            values["synthetic_overhead_ms"] < ROW_MS,
            f"{values['synthetic_overhead_ms']:.1f} ms a row, less than {ROW_MS:.0f}",
        ),
        "memory": (values["synthetic_peak_mib"] < MEMORY_MIB, f"{values['synthetic_peak_mib']:.0f} MiB, below 150"),
        "one row": (
            values["one_row_beyond_its_own_s"] <= ONE_ROW_S,
            f"{values['one_row_beyond_its_own_s']:.2f} s beyond its own time, at most {ONE_ROW_S}",
        ),
    }


if __name__ == "__main__":
    sys.exit(main())
