"""What the benchmarks of many results share: a passing run of that size, and what a process costs that handles it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from packaging_readiness.contract.load import contract_digest, load_contract
from selftests import synthetic

COMMAND = "from packaging_readiness.cli import main\nanswer = main(sys.argv[1:])"
"""Work for `cost_of`: the command line as a user starts it, its exit status the answer."""
_LIKE = "pyproject.toml"
_CHECKS = ("m1a.boundary.include-exists", "m1a.boundary.include-in-context", "m1a.boundary.include-copied")
_MEASURE = """
import resource, sys, time
start = time.perf_counter()
{work}
taken = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
print(taken, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, answer, file=sys.stderr)
"""


def many_results(size: int, path: str) -> tuple[dict[str, Any], list[str]]:
    """A passing report and its tests, each as JSON: up to two less than `size`, as an include has three or none.

    Its contract has many includes, each of which three checks look at; `path` makes a path of a number.
    """
    _, data = load_contract("dev_full")
    report = synthetic.good_report()
    tests = {test["metadata"]["readiness"]["check"]: json.dumps(test) for test in report["tests"]}
    paths = [path.format(number) for number in range((size - len(tests)) // len(_CHECKS))]
    more = [tests[f"{check}[{_LIKE}]"].replace(_LIKE, path) for path in paths for check in _CHECKS]
    data = {**data, "name": "many", "extends": "dev_full", "includes": [*data["includes"], *({"id": p} for p in paths)]}
    report["readiness"]["contract"] = data
    report["readiness"]["identity"]["contract_digest"] = contract_digest(data)
    return report, [*tests.values(), *more]


def cost_of(work: str, *arguments: str, answers: range = range(1)) -> dict[str, float]:
    """Seconds, seconds of a core and MiB of a Python process of its own, start-up included.

    `work` are statements that leave a number in `answer`; a process that fails, or whose answer is none of `answers`,
    ends the benchmark with 2.
    """
    program = [sys.executable, "-c", _MEASURE.format(work=work), *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    parts = (done.stderr.strip().splitlines()[-1:] or [""])[0].split()
    if done.returncode != 0 or len(parts) != 4 or int(parts[3]) not in answers:
        print(f"measuring failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}", file=sys.stderr)
        raise SystemExit(2)
    return {"seconds": round(float(parts[0]), 3), "cpu_s": round(float(parts[1]), 3), "mib": round(float(parts[2]), 1)}


def tell(
    measured: Mapping[str, Mapping[str, float]], within: Mapping[str, bool], *, as_json: bool, **sizes: int
) -> int:
    """Print what was measured and which limits hold, `sizes` too as JSON; the benchmark's exit status."""
    if as_json:
        print(json.dumps({**sizes, **measured, "within": within}, indent=2))
    else:
        for key, values in measured.items():
            print(f"{key:16} {values['seconds']:7.2f} s {values['cpu_s']:7.2f} s of a core {values['mib']:7.0f} MiB")
        for name, holds in within.items():
            print(f"{'ok  ' if holds else 'OVER'} {name}")
    return 0 if all(within.values()) else 1
