"""`dockerfile`: what the builder sees in a Dockerfile."""

import argparse
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_json, print_line
from packaging_readiness.contract.errors import ReadinessError


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "dockerfile",
        help="print the instructions of a Dockerfile as BuildKit reads them",
        description="Read a Dockerfile with BuildKit's grammar (heredocs, directives, continuations) and print its "
        "instructions.",
        epilog="Exit status: 0 read, 2 refused (with path:line, where the builder would refuse it).",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--json", action="store_true", help="print instructions and refused as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read one Dockerfile."""
    from packaging_readiness.checkout.context import load_dockerfile
    from packaging_readiness.checkout.dockerfile import as_json
    from packaging_readiness.checkout.dockerfile_second import second_opinion

    try:
        dockerfile = load_dockerfile(options.file, str(options.file))
    except ReadinessError as error:
        if not options.json:
            raise
        print_json({"instructions": [], "refused": str(error)})
        return 2
    if options.json:
        print_json(as_json(dockerfile))
        return 0
    for item in dockerfile.instructions:
        lines = f"{item.start}" if item.start == item.end else f"{item.start}-{item.end}"
        print_line(f"{lines:>9}  {' '.join(item.original.split())}")
        for document in item.heredocs:
            print_line(f"           heredoc {document.name}: {len(document.content.splitlines())} lines")
    for difference in second_opinion(dockerfile):
        print_line(f"ambiguous: line {difference.line}: a second reader sees another instruction there", "red")
    return 0
