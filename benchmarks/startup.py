"""Start-up cost: `pytest --blocker M1A-B4` beside the same interpreter and plugins on one empty test file."""

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Measure, alternating and in one run, how long pytest takes for the checks of one blocker code "
        "(a checkout is read, nothing is built) and for an empty test file in an empty directory. The ratio is what "
        "counts: at most 2.0. Exit status: 0 within the limit, 1 not, 2 a measured command failed.",
    )
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (default: 5; the median counts)")
    parser.add_argument("--json", action="store_true", help="print one JSON object of named ratios")
    options = parser.parse_args()
    # What is measured is an installed suite: with bytecode, whatever PYTHONDONTWRITEBYTECODE says.
    compileall.compile_dir(ROOT / "src", quiet=1)
    with tempfile.TemporaryDirectory() as empty:
        (Path(empty) / "test_empty.py").write_text("def test_nothing():\n    pass\n")
        cases = {
            "empty": (("test_empty.py",), empty),
            "blocker": (("--blocker", "M1A-B4"), str(ROOT)),
            "collect": (("--co", "-q"), str(ROOT)),
        }
        seconds: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(options.rounds + 1):
            for name, (arguments, folder) in cases.items():
                seconds[name].append(_measure(arguments, folder, empty))
    medians = {name: statistics.median(values[1:]) for name, values in seconds.items()}
    ratios = {f"{name}_to_empty": round(medians[name] / medians["empty"], 3) for name in cases if name != "empty"}
    if options.json:
        print(json.dumps({**ratios, "limit": LIMIT}))
    else:
        print(f"{'what':28} {'median':>8} {'ratio':>6}")
        for name, label in (
            ("empty", "one empty test file"),
            ("blocker", "pytest --blocker M1A-B4"),
            ("collect", "--co -q"),
        ):
            print(f"{label:28} {medians[name]:7.3f}s {medians[name] / medians['empty']:6.2f}")
        print(f"limit for --blocker M1A-B4: {LIMIT:.2f}")
    return 0 if ratios["blocker_to_empty"] <= LIMIT else 1


def _measure(arguments: Sequence[str], folder: str, scratch: str) -> float:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments]
    if folder != scratch and "--co" not in arguments:
        command.append(f"--json-report-file={scratch}/report.json")
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode != 0:
        print(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}",
            file=sys.stderr,
        )
        raise SystemExit(2)
    return taken


if __name__ == "__main__":
    sys.exit(main())
