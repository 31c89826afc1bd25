"""`scan-secrets`: secrets in files, by place, rule and fingerprint; never the value."""

import argparse
import sys
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_json, print_line
from packaging_readiness.contract.load import PACKAGED, load_contract


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "scan-secrets",
        help="look for secrets in files and folders",
        description="Scan files and folders (with everything below them, hidden files too) with both layers of "
        "rules, offline. "
        "No comment and no file in the scanned tree can switch anything off. Values are never printed.",
        epilog="Exit status: 0 clean, 1 findings, 2 something could not be read to its last byte, or there "
        "was no file.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    parser.add_argument("--json", action="store_true", help="print scanned_files, bytes, findings and errors as JSON")
    parser.add_argument(
        "--contract",
        metavar="NAME|FILE",
        default=PACKAGED[0],
        help="key fingerprints as this contract does, so that they are those of its checks (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Scan everything that was named."""
    from packaging_readiness.commands.scanning import scan_paths

    progress = _progress if sys.stderr.isatty() and not options.json else None
    salt = load_contract(options.contract)[0].secrets.fingerprint_salt.encode()
    result = scan_paths(options.paths, progress, salt)
    if progress is not None:
        sys.stderr.write("\r\x1b[K")
    if options.json:
        print_json(result.to_dict())
    else:
        for finding in result.findings:
            print_line(str(finding), "red")
        for error in result.errors:
            print_line(f"{error.path}: not scanned: {error.cause}", "red")
        print_line(f"{result.scanned_files} files, {result.bytes} bytes, {len(result.findings)} findings, "
                   f"{len(result.errors)} errors")  # fmt: skip
    if result.errors:
        return 2
    return 1 if result.findings else 0


def _progress(done: int, total: int, read: int) -> None:
    sys.stderr.write(f"\rscanning: {done} of {total} files, {read / 1e6:.0f} MB\x1b[K")
    sys.stderr.flush()
