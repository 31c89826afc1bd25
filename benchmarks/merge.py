"""Merging the reports of many jobs: time and memory."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.many_results import COMMAND, cost_of, many_results, tell
from selftests import synthetic

LIMIT_S, LIMIT_MIB = 5.0, 500
JOBS, RESULTS = 1000, 100
_MERGE = """
from pathlib import Path
from packaging_readiness.commands.report_files import read_reports
from packaging_readiness.verdict.merge import merge
answer = len(merge(read_reports(sorted(Path(sys.argv[1]).glob("*.json")))).results)
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
        files = [Path(folder) / f"job-{number:05}.json" for number in range(options.jobs)]
        for file, text in zip(files, reports(options.jobs), strict=True):
            file.write_text(text, encoding="utf-8")
        print("merging ...", file=sys.stderr)
        wanted = options.jobs * RESULTS
        rounds = [cost_of(_MERGE, folder, answers=range(wanted - 2, wanted + 1)) for _ in range(options.rounds)]
        measured["merge"] = min(rounds, key=lambda values: values["seconds"])
        if options.bundle:
            print("bundling ...", file=sys.stderr)
            measured["bundle"] = cost_of(COMMAND, "bundle", *map(str, files), "--out", f"{folder}/out", "--json")
    merge = measured["merge"]
    within = {
        f"merge under {LIMIT_S} s": merge["seconds"] < LIMIT_S,
        f"under {LIMIT_MIB} MiB": merge["mib"] < LIMIT_MIB,
    }
    return tell(measured, within, as_json=options.json, jobs=options.jobs, results=wanted)


def reports(jobs: int) -> Iterator[str]:
    """One passing run as the reports of `jobs` jobs, RESULTS results in each."""
    report, tests = many_results(jobs * RESULTS, "m/{:05}")
    whole = json.dumps(synthetic.accounted({**report, "tests": []}))
    for number in range(jobs):
        mine = tests[number * RESULTS : (number + 1) * RESULTS]
        text = whole.replace('"tests": []', f'"tests": [{", ".join(mine)}]', 1)
        text = text.replace('"total": 0, "collected": 0', f'"passed": {len(mine)}, "total": {len(mine)}', 1)
        yield text.replace(report["readiness"]["nonce"], f"{number:032}", 1)


if __name__ == "__main__":
    sys.exit(main())
