"""`verify`: is this bundle whole and coherent, and does its verdict follow from its results?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging_readiness.commands.output import print_json, print_line
from packaging_readiness.contract.counted import counted
from packaging_readiness.contract.errors import InputRefused

if TYPE_CHECKING:
    from packaging_readiness.evidence.verify import Verification


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "verify",
        help="verify an evidence bundle and derive its verdict again",
        description="Check every object of a bundle against its manifest and its schema, derive the verdict again "
        "from results and contract, and compare every object with what follows. All problems are reported, each by a "
        "code of its own (--codes lists them). Needs no platform and no engine, and no network unless the bundle lies "
        "in a bucket.",
        epilog="Exit status: 0 the bundle is coherent and its verdict is PASS; 1 it is not coherent, or its verdict "
        "is FAIL; 2 there is no bundle to look at, or it could not be read.",
    )
    parser.add_argument(
        "place",
        nargs="?",
        metavar="DIR|s3://BUCKET/PREFIX",
        help="the --evidence-out directory, the bundle's own, or where it was published",
    )
    parser.add_argument("--contract", metavar="NAME|FILE", help="demand that the bundle was made under this contract")
    parser.add_argument(
        "--trusted-key",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="demand signatures by this public key (PEM; repeatable)",
    )
    parser.add_argument("--endpoint-url", metavar="URL", help="an S3 API other than AWS")
    parser.add_argument("--codes", action="store_true", help="list every problem code and what it means, and stop")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify one bundle, or list the codes."""
    if options.codes:
        return _codes(as_json=options.json)
    if options.place is None:
        raise InputRefused("verify", "no bundle was named", "name a directory or an s3:// location, or give --codes")
    from packaging_readiness.evidence.store_folder import read_folder
    from packaging_readiness.evidence.verify import verify_found

    found = _in_bucket(options) if options.place.startswith("s3://") else read_folder(Path(options.place))
    outcome = verify_found(found, options.contract, options.trusted_key)
    holds = outcome.coherent and outcome.verdict == "PASS"
    if options.json:
        print_json(_as_json(outcome))
    else:
        _show(outcome, holds=holds)
    return 0 if holds else 1


def _in_bucket(options: argparse.Namespace) -> Any:
    from packaging_readiness.commands.s3 import open_bucket
    from packaging_readiness.evidence.store_s3 import parse_location, read_bucket

    location = parse_location(options.place)
    return read_bucket(open_bucket(location.bucket, options.endpoint_url), location)


def _codes(*, as_json: bool) -> int:
    from packaging_readiness.evidence.problems import CODES, GROUPS

    if as_json:
        print_json(CODES)
        return 0
    for title, codes in GROUPS.items():
        print_line(title)
        for code, meaning in codes.items():
            print_line(f"  {code:27} {meaning}")
    return 0


def _as_json(outcome: "Verification") -> dict[str, Any]:
    name, digest = outcome.contract or (None, None)
    return {
        "coherent": outcome.coherent,
        "verdict": outcome.verdict,
        "platform_run_id": outcome.platform_run_id,
        "contract": {"name": name, "digest": digest},
        "signatures": outcome.signed,
        "objects": outcome.objects,
        "problems": [{"code": p.code, "object": p.name, "cause": p.cause} for p in outcome.problems],
        "active_blockers": list(outcome.active_blockers),
        "not_held": dict(outcome.not_held or {}),
        "notes": list(outcome.notes),
    }


def _show(outcome: "Verification", *, holds: bool) -> None:
    for problem in outcome.problems:
        print_line(str(problem), "red")
    for note in outcome.notes:
        print_line(f"note: {note}")
    if outcome.contract is not None:
        print_line(f"contract: {outcome.contract[0]} ({outcome.contract[1]})")
    if not outcome.coherent:
        found = counted(len(outcome.problems), "problem")
        print_line(f"NOT coherent: {found}; nothing in this bundle is to be relied on", "red")
        return
    for row_id, result in (outcome.not_held or {}).items():
        print_line(f"  {result:8} {row_id}")
    tail = f"; active blockers: {', '.join(outcome.active_blockers) or 'none'}" if not holds else ""
    print_line(
        f"{outcome.platform_run_id or outcome.folder}: {outcome.objects} objects, coherent; "
        f"verdict {outcome.verdict}{tail}",
        "green" if holds else "red",
    )
