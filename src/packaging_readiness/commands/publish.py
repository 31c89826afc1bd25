"""`publish`: put a coherent bundle into a bucket, once."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_line


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "publish",
        help="publish an evidence bundle to S3, once and never changed",
        description="Verify a bundle, then put each object once (conditional put, SHA-256 checksum) under the key "
        "prefix that its contract's EVIDENCE_PHASE_PREFIX_PATTERN gives: bundle_claim.json first, the manifest last. "
        "Everything is read back and compared, and a local receipt records the version ids. The same bundle again "
        "changes nothing; a run that was interrupted is completed by running it again; another bundle under the same "
        "run id is refused. A coherent bundle whose verdict is FAIL is published too, and that is said.",
        epilog="Exit status: 0 the bundle lies there whole; 1 what lies there is not this bundle; 2 refused (not "
        "coherent, or the run id belongs to another bundle), or the store could not be asked.",
    )
    parser.add_argument("directory", metavar="DIR", type=Path, help="the --evidence-out directory, or the bundle's own")
    parser.add_argument("location", metavar="s3://BUCKET[/PREFIX]", help="an existing bucket, and a prefix in it")
    parser.add_argument(
        "--receipt", metavar="FILE", type=Path, help="default: DIR.publish_receipt.json, beside the directory"
    )
    parser.add_argument("--endpoint-url", metavar="URL", help="an S3 API other than AWS")
    parser.add_argument("--json", action="store_true", help="print one JSON line per object, then one of the outcome")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Publish one bundle."""
    from packaging_readiness.commands.s3 import open_bucket
    from packaging_readiness.evidence.publish import Put, plan, publish
    from packaging_readiness.evidence.publish_receipt import posture, receipt, write_receipt
    from packaging_readiness.evidence.store_folder import read_folder
    from packaging_readiness.evidence.store_s3 import parse_location
    from packaging_readiness.evidence.verify import verify_found

    location = parse_location(options.location)
    found = read_folder(options.directory)
    verification = verify_found(found)
    to_do = plan(found, verification, location)
    bucket = open_bucket(location.bucket, options.endpoint_url)
    done = 0

    def progress(entry: Put) -> None:
        nonlocal done
        done += 1
        sys.stderr.write(f"[{done}/{len(to_do.files)}] {entry.state:8} {entry.name}\n")
        if options.json:
            line = {"object": entry.name, "key": entry.key, "size": entry.size, "sha256": entry.sha256}
            print_line(json.dumps({**line, "state": entry.state, "version_id": entry.version_id}))

    published = publish(to_do, bucket, progress)
    where = f"s3://{to_do.bucket}/{to_do.prefix}"
    if not published.holds:
        wrong = [entry.name for entry in published.objects if entry.state == "differs"]
        if options.json:
            print_line(
                json.dumps({"published": False, "location": where, "differs": wrong, "unknown": published.unknown})
            )
            return 1
        for name in wrong:
            print_line(f"differs: {name}: what lies there is not this bundle's", "red")
        for key in published.unknown:
            print_line(f"unknown: {key}: is no part of this bundle", "red")
        print_line(f"{where}: NOT published; what lies there is not this bundle", "red")
        return 1
    state = posture(bucket)
    path = options.receipt or _beside(options.directory)
    write_receipt(path, receipt(published, state, verification.verdict))
    written = sum(entry.state == "written" for entry in published.objects)
    if options.json:
        summary = {"published": True, "location": where, "written": written, "verdict": verification.verdict}
        print_line(json.dumps({**summary, "notes": state.notes, "receipt": path.name}))
        return 0
    for note in state.notes:
        print_line(f"note: {note}")
    print_line(f"note: versioning {state.versioning or 'none'}, Object Lock {state.object_lock or 'none'}")
    what = f"{written} of {len(published.objects)} objects put" if written else "was there already, nothing was put"
    print_line(f"{where}: {what}; all read back and equal; verdict {verification.verdict}", "green")
    print_line(f"receipt: {path}")
    return 0


def _beside(directory: Path) -> Path:
    """Not inside the directory: the bundle is finished."""
    whole = directory.resolve()
    return whole.parent / f"{whole.name}.publish_receipt.json"
