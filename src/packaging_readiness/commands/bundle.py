"""`bundle`: reports in, evidence bundle out. A pure function of the reports."""

import argparse
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_json, print_line
from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.inventory import LANE_TITLES

SIZE_LIMIT = 500_000_000


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "bundle",
        help="merge reports of one run, adjudicate, write the evidence bundle",
        description="Merge any number of JSON reports of one run (in any order), adjudicate M1, and write the P(-1) "
        "bundle. "
        "Reports that do not belong together are refused; an incomplete set gives a FAIL bundle that "
        "says what is missing.",
        epilog="Exit status: 0 the verdict is PASS, 1 it is FAIL (the bundle is written), 2 refused (nothing "
        "is written).",
    )
    parser.add_argument("reports", nargs="+", metavar="REPORT.json", type=Path, help="reports written by pytest")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="new directory for the bundle")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the bundle."""
    from packaging_readiness.evidence.files import bundle_files
    from packaging_readiness.evidence.write import bundle_folder, refuse_existing, write_bundle
    from packaging_readiness.verdict.adjudicate import adjudicate
    from packaging_readiness.verdict.merge import merge
    from packaging_readiness.verdict.report import read_report

    refuse_existing(options.out)
    reports = [read_report(_read(path), path.name) for path in options.reports]
    verdict = adjudicate(merge(reports))
    folder = bundle_folder(verdict.run.contract, verdict.run.identity.platform_run_id)
    written = write_bundle(bundle_files(verdict, reports), options.out, folder)
    red = {row_id: result for row_id, result in verdict.results.items() if not result.held}
    active = [state.code for state in verdict.blockers if state.active]
    if options.json:
        print_json(
            {
                "verdict": "PASS" if verdict.passed else "FAIL",
                "platform_run_id": verdict.run.identity.platform_run_id,
                "lanes": {LANE_TITLES[lane]: value for lane, value in verdict.lanes.items()},
                "active_blockers": active,
                "not_held": {row_id: result.outcome for row_id, result in red.items()},
                "bundle": str(written),
            }
        )
    else:
        for lane, value in verdict.lanes.items():
            print_line(f"{LANE_TITLES[lane]}  {value}", "green" if value == "PASS" else "red")
        for row_id, result in red.items():
            print_line(f"  {result.outcome:8} {row_id}")
        tail = "" if verdict.passed else f"; active blockers: {', '.join(active) or 'none'}"
        print_line(f"M1: {'PASS' if verdict.passed else 'FAIL'}{tail}", "green" if verdict.passed else "red")
        print_line(f"bundle: {written}")
    return 0 if verdict.passed else 1


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise CannotTell(str(path), "is no regular file", "name a report that pytest wrote")
        if path.stat().st_size > SIZE_LIMIT:
            raise CannotTell(path.name, f"is larger than {SIZE_LIMIT} bytes")
        return path.read_bytes()
    except OSError as error:
        raise CannotTell(str(path), f"cannot be read: {error.strerror}", "name a report that pytest wrote") from None
