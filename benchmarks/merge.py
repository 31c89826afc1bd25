"""Merging the reports of many jobs: time and memory."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S, LIMIT_MIB = 5.0, 500
JOBS, RESULTS = 1000, 100
_LIKE = "pyproject.toml"
_CHECKS = ("m1a.boundary.include-exists", "m1a.boundary.include-in-context", "m1a.boundary.include-copied")
_MERGE = """
import resource, sys, time
start = time.perf_counter()
from pathlib import Path
from packaging_readiness.commands.report_files import read_reports
from packaging_readiness.verdict.merge import merge
run = merge(read_reports(sorted(Path(sys.argv[1]).glob("*.json"))))
taken = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
print(taken, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, len(run.results))
"""
_BUNDLE = """
import resource, sys, time
start = time.perf_counter()
from pathlib import Path
from packaging_readiness.cli import main
status = main(["bundle", *map(str, sorted(Path(sys.argv[1]).glob("*.json"))), "--out", sys.argv[1] + "/out", "--json"])
taken = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
print(taken, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, status, file=sys.stderr)
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=f"Write the reports of {JOBS} jobs of one run with {RESULTS} results each, and merge them: read "
        "every file, hold each report against itself and all of them against each other, and against the inventory. "
        "Each measurement is a process of its own, start-up included. The contract of so many checks is large, and "
        "every report carries it whole: the files come to about 700 MB in a temporary directory.",
        epilog=f"Limits at {JOBS} jobs: {LIMIT_S} s and {LIMIT_MIB} MiB. Exit status: 0 within the limits, 1 not, 2 "
        "the measured program failed.",
    )
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"reports to merge (default: {JOBS})")
    parser.add_argument("--rounds", type=int, default=3, help="measurements (default: 3; the best counts)")
    parser.add_argument("--bundle", action="store_true", help="also measure the whole `bundle` command, once, no limit")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.jobs < 4 or options.rounds < 1:
        parser.error("at least 4 jobs and 1 round are needed")
    measured: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        print(f"writing {options.jobs} reports ...", file=sys.stderr)
        for number, text in enumerate(reports(options.jobs)):
            (Path(folder) / f"job-{number:05}.json").write_text(text, encoding="utf-8")
        print("merging ...", file=sys.stderr)
        rounds = [_measured(_MERGE, folder, options.jobs * RESULTS) for _ in range(options.rounds)]
        measured["merge"] = min(rounds, key=lambda values: values["seconds"])
        if options.bundle:
            print("bundling ...", file=sys.stderr)
            measured["bundle"] = _measured(_BUNDLE, folder, 0)
    merge = measured["merge"]
    within = {
        f"merge under {LIMIT_S} s": merge["seconds"] < LIMIT_S,
        f"under {LIMIT_MIB} MiB": merge["mib"] < LIMIT_MIB,
    }
    if options.json:
        print(
            json.dumps(
                {"jobs": options.jobs, "results": options.jobs * RESULTS, **measured, "within": within}, indent=2
            )
        )
    else:
        for key, values in measured.items():
            print(f"{key:8} {values['seconds']:7.2f} s {values['cpu_s']:7.2f} s of a core {values['mib']:7.0f} MiB")
        for name, holds in within.items():
            print(f"{'ok  ' if holds else 'OVER'} {name}")
    return 0 if all(within.values()) else 1


def _measured(program: str, folder: str, wanted: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=False)
    parts = ((done.stdout if wanted else done.stderr).strip().splitlines()[-1:] or [""])[0].split()
    if done.returncode != 0 or len(parts) != 4 or not wanted - 2 <= int(parts[3]) <= wanted:
        print(f"measuring failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}", file=sys.stderr)
        raise SystemExit(2)
    return {"seconds": round(float(parts[0]), 3), "cpu_s": round(float(parts[1]), 3), "mib": round(float(parts[2]), 1)}


def reports(jobs: int) -> Iterator[str]:
    """One passing run as the reports of `jobs` jobs, RESULTS results in each: a contract of many includes, each of
    which three checks look at.
    """
    sys.path.insert(0, str(ROOT))
    from packaging_readiness.contract.load import contract_digest, load_contract
    from selftests import synthetic

    _, data = load_contract("dev_full")
    report = synthetic.good_report()
    wanted = jobs * RESULTS  # the last report has up to two results less: an include has three or none
    tests = {test["metadata"]["readiness"]["check"]: json.dumps(test) for test in report["tests"]}
    paths = [f"m/{number:05}" for number in range((wanted - len(tests)) // len(_CHECKS))]
    more = [tests[f"{check}[{_LIKE}]"].replace(_LIKE, path) for path in paths for check in _CHECKS]
    texts = [*tests.values(), *more]
    data = {**data, "name": "many", "extends": "dev_full", "includes": [*data["includes"], *({"id": p} for p in paths)]}
    report["readiness"]["contract"] = data
    report["readiness"]["identity"]["contract_digest"] = contract_digest(data)
    whole = json.dumps(synthetic.accounted({**report, "tests": []}))
    for number in range(jobs):
        mine = texts[number * RESULTS : (number + 1) * RESULTS]
        text = whole.replace('"tests": []', f'"tests": [{", ".join(mine)}]', 1)
        text = text.replace('"total": 0, "collected": 0', f'"passed": {len(mine)}, "total": {len(mine)}', 1)
        yield text.replace(report["readiness"]["nonce"], f"{number:032}", 1)


if __name__ == "__main__":
    sys.exit(main())
