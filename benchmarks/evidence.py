"""Bundling and verifying many results: time, memory, and whether both grow with their number only."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE_LIMIT_S, VERIFY_LIMIT_S, VERIFY_LIMIT_MIB = 3.0, 2.0, 150
LINEAR = 1.5
_ONE = 10_000
_MEASURE = """
import resource, sys, time
start = time.perf_counter()
from packaging_readiness.cli import main
status = main(sys.argv[1:])
taken = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
print(taken, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, status, file=sys.stderr)
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Bundle a report of many results and verify the bundle, each in a process of its own, start-up "
        f"included. Limits at {_ONE} results: bundle {BUNDLE_LIMIT_S} s, verify {VERIFY_LIMIT_S} s and "
        f"{VERIFY_LIMIT_MIB} MiB; ten times as many may cost at most {10 * LINEAR:.0f} times as much. Exit status: 0 "
        "within the limits, 1 not, 2 a measured command failed.",
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="measurements of each at the first size (the best counts)"
    )
    parser.add_argument("--quick", action="store_true", help=f"{_ONE} results only")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    sizes = (_ONE,) if options.quick else (_ONE, 10 * _ONE)
    measured: dict[str, dict[str, float]] = {}
    for size in sizes:
        print(f"{size} results ...", file=sys.stderr)
        rounds = options.rounds if size == _ONE else 1
        for number in range(rounds):
            for name, values in _measured(size).items():
                key = f"{name}_{size}"
                best = measured.get(key)
                if number == 0 or best is None or values["seconds"] < best["seconds"]:
                    measured[key] = values
    outcome = _outcome(measured, sizes)
    if options.json:
        print(json.dumps({**measured, "within": outcome}, indent=2))
    else:
        for key, values in measured.items():
            print(f"{key:16} {values['seconds']:7.2f} s {values['cpu_s']:7.2f} s of a core {values['mib']:7.0f} MiB")
        for name, holds in outcome.items():
            print(f"{'ok  ' if holds else 'OVER'} {name}")
    return 0 if all(outcome.values()) else 1


def _outcome(measured: Mapping[str, Mapping[str, float]], sizes: tuple[int, ...]) -> dict[str, bool]:
    bundle, verify = measured[f"bundle_{_ONE}"], measured[f"verify_{_ONE}"]
    outcome = {
        f"bundle under {BUNDLE_LIMIT_S} s": bundle["seconds"] < BUNDLE_LIMIT_S,
        f"verify under {VERIFY_LIMIT_S} s": verify["seconds"] < VERIFY_LIMIT_S,
        f"verify under {VERIFY_LIMIT_MIB} MiB": verify["mib"] < VERIFY_LIMIT_MIB,
    }
    for size in sizes[1:]:
        for name, first in (("bundle", bundle), ("verify", verify)):
            growth = measured[f"{name}_{size}"]["seconds"] / first["seconds"]
            outcome[f"{name} grows {growth:.1f} times for {size // _ONE} times as many"] = growth < LINEAR * size / _ONE
    return outcome


def _measured(size: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        report, out = Path(folder) / "report.json", Path(folder) / "out"
        report.write_bytes(report_of(size))
        bundle = _run("bundle", str(report), "--out", str(out))
        return {"bundle": bundle, "verify": _run("verify", str(out))}


def _run(*arguments: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", _MEASURE, *arguments], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1:] or [""]
    parts = last[0].split()
    if done.returncode != 0 or len(parts) != 4 or parts[3] != "0":
        print(f"{arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}", file=sys.stderr)
        raise SystemExit(2)
    return {"seconds": round(float(parts[0]), 3), "cpu_s": round(float(parts[1]), 3), "mib": round(float(parts[2]), 1)}


def report_of(size: int) -> bytes:
    """A passing report with about `size` results: a contract of many includes, each of which three checks look at."""
    sys.path.insert(0, str(ROOT))
    from packaging_readiness.contract.load import contract_digest, load_contract
    from selftests import synthetic

    _, data = load_contract("dev_full")
    report = synthetic.good_report()
    tests = report["tests"]
    like = {
        check: next(test for test in tests if test["metadata"]["readiness"]["check"] == f"{check}[{_LIKE}]")
        for check in ("m1a.boundary.include-exists", "m1a.boundary.include-in-context", "m1a.boundary.include-copied")
    }
    paths = [f"src/package/module_{number:06d}.py" for number in range((size - len(tests)) // len(like))]
    for test in like.values():
        text = json.dumps(test)
        tests += [json.loads(text.replace(_LIKE, path)) for path in paths]
    data = {**data, "name": "many", "extends": "dev_full", "includes": [*data["includes"], *({"id": p} for p in paths)]}
    report["readiness"]["contract"] = data
    report["readiness"]["identity"]["contract_digest"] = contract_digest(data)
    return json.dumps(synthetic.accounted(report)).encode()


_LIKE = "pyproject.toml"


if __name__ == "__main__":
    sys.exit(main())
