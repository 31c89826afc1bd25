"""`bundle`: reports in, evidence bundle out. A pure function of the reports."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging_readiness.commands.output import print_json, print_line
from packaging_readiness.contract.inventory import LANE_TITLES

if TYPE_CHECKING:
    from packaging_readiness.evidence.keys import PrivateKey


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "bundle",
        help="merge reports of one run, adjudicate, write the evidence bundle",
        description="Merge any number of JSON reports of one run (in any order), adjudicate M1, and write the P(-1) "
        "bundle. "
        "Reports that do not belong together are refused; an incomplete set gives a FAIL bundle that "
        "says what is missing. "
        "Reports of `pytest --shard K/N` are one run when the shards 1 to N are all there, each once, and no other "
        "report of their lanes; the shards of every report have the same N.",
        epilog="Exit status: 0 the verdict is PASS, 1 it is FAIL (the bundle is written), 2 refused (nothing "
        "is written).",
    )
    parser.add_argument("reports", nargs="+", metavar="REPORT.json", type=Path, help="reports written by pytest")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="new directory for the bundle")
    parser.add_argument("--sign-key", metavar="FILE", type=Path, help="sign with this key (Ed25519 or P-256, PEM)")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the bundle."""
    from packaging_readiness.commands.report_files import read_reports, refuse_secrets
    from packaging_readiness.evidence.files import bundle_files
    from packaging_readiness.evidence.verify import refuse_incoherent
    from packaging_readiness.evidence.write import bundle_folder, refuse_existing, write_bundle
    from packaging_readiness.verdict.adjudicate import adjudicate
    from packaging_readiness.verdict.merge import merge
    from packaging_readiness.verdict.shards import missing_shards

    refuse_existing(options.out)
    key = _key(options.sign_key)
    reports = read_reports(options.reports)
    refuse_secrets(reports)
    verdict = adjudicate(merge(reports))
    folder = bundle_folder(verdict.run.contract, verdict.run.identity.platform_run_id)
    files = bundle_files(verdict, reports)
    if verdict.passed:
        refuse_incoherent(files, "hand in the reports as the run itself wrote them")
    written = write_bundle(files | _signatures(files, key), options.out, folder)
    red = {row_id: result for row_id, result in verdict.results.items() if not result.held}
    absent = [shard.shown for shard in missing_shards(reports)]
    active = [state.code for state in verdict.blockers if state.active]
    if options.json:
        print_json(
            {
                "verdict": "PASS" if verdict.passed else "FAIL",
                "platform_run_id": verdict.run.identity.platform_run_id,
                "lanes": {LANE_TITLES[lane]: value for lane, value in verdict.lanes.items()},
                "active_blockers": active,
                "missing_shards": absent,
                "not_held": {row_id: result.outcome for row_id, result in red.items()},
                "bundle": str(written),
                "signed_by": key.id if key else None,
            }
        )
    else:
        for lane, value in verdict.lanes.items():
            print_line(f"{LANE_TITLES[lane]}  {value}", "green" if value == "PASS" else "red")
        for row_id, result in red.items():
            print_line(f"  {result.outcome:8} {row_id}")
        for shown in absent:
            print_line(f"  missing  shard {shown}")
        tail = "" if verdict.passed else f"; active blockers: {', '.join(active) or 'none'}"
        print_line(f"M1: {'PASS' if verdict.passed else 'FAIL'}{tail}", "green" if verdict.passed else "red")
        if key is not None and key.note:
            print_line(f"note: {key.note}")
        print_line(f"signed by key {key.id[:16]}" if key else "unsigned")
        print_line(f"bundle: {written}")
    return 0 if verdict.passed else 1


def _key(path: Path | None) -> "PrivateKey | None":
    if path is None:
        return None
    from packaging_readiness.evidence.keys import read_private_key

    return read_private_key(path)


def _signatures(files: Mapping[str, bytes], key: "PrivateKey | None") -> dict[str, bytes]:
    if key is None:
        return {}
    from packaging_readiness.evidence.dsse import sign

    return sign(files, key)
