"""`verify`: is this bundle whole and coherent, and does its verdict follow from its results?"""

import argparse
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_json, print_line


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "verify",
        help="verify an evidence bundle and derive its verdict again",
        description="Check every object of a bundle against its manifest and its schema, derive the verdict again "
        "from results "
        "and contract, and compare every object with what follows. All problems are reported. Needs no "
        "platform, no engine "
        "and no network.",
        epilog="Exit status: 0 the bundle is coherent and its verdict is PASS; 1 it is not coherent, or its "
        "verdict is FAIL; "
        "2 there is no bundle to look at.",
    )
    parser.add_argument("directory", metavar="DIR", type=Path, help="the --evidence-out directory, or the bundle's own")
    parser.add_argument("--contract", metavar="NAME|FILE", help="demand that the bundle was made under this contract")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify one bundle."""
    from packaging_readiness.evidence.verify import verify

    found = verify(options.directory, options.contract)
    holds = found.coherent and found.verdict == "PASS"
    if options.json:
        print_json(
            {
                "coherent": found.coherent,
                "verdict": found.verdict,
                "platform_run_id": found.platform_run_id,
                "objects": found.objects,
                "problems": [{"code": p.code, "object": p.name, "cause": p.cause} for p in found.problems],
                "notes": list(found.notes),
            }
        )
        return 0 if holds else 1
    for problem in found.problems:
        print_line(str(problem), "red")
    for note in found.notes:
        print_line(f"note: {note}")
    if not found.coherent:
        print_line(f"NOT coherent: {len(found.problems)} problems; nothing in this bundle is to be relied on", "red")
        return 1
    state, verdict = "coherent", found.verdict
    print_line(f"{found.platform_run_id or found.folder}: {found.objects} objects, {state}; verdict {verdict}",
               "green" if holds else "red")  # fmt: skip
    return 0 if holds else 1
