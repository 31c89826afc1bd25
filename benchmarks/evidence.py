"""Bundling and verifying many results: time, memory, and whether both grow with their number only."""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.many_results import COMMAND, cost_of, many_results, tell
from selftests import synthetic

BUNDLE_LIMIT_S, VERIFY_LIMIT_S, VERIFY_LIMIT_MIB = 3.0, 2.0, 150
LINEAR = 1.5
_ONE = 10_000


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
    return tell(measured, _within(measured, sizes), as_json=options.json)


def _within(measured: Mapping[str, Mapping[str, float]], sizes: tuple[int, ...]) -> dict[str, bool]:
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
    """Both commands on a passing report of about `size` results."""
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "report.json", f"{folder}/out"
        report, tests = many_results(size, "src/package/module_{:06}.py")
        report["tests"] = [json.loads(test) for test in tests]
        file.write_text(json.dumps(synthetic.accounted(report)), encoding="utf-8")
        bundle = cost_of(COMMAND, "bundle", str(file), "--out", out)
        return {"bundle": bundle, "verify": cost_of(COMMAND, "verify", out)}


if __name__ == "__main__":
    sys.exit(main())
