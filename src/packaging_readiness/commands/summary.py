"""`summary`: a bundle as a step summary in Markdown, or as annotations of GitHub Actions."""

import argparse
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_line


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "summary",
        help="print a bundle as a step summary (Markdown) or as GitHub annotations",
        description="Print verdict, lanes, blockers, findings and the commands that repeat them, from a bundle alone. "
        "Text that came from the platform is escaped: it can be no markup and no workflow command.",
        epilog="Exit status: 0 printed, whatever the verdict says; 1 the bundle is not coherent (printed as that); "
        "2 there is no bundle to look at.",
    )
    parser.add_argument("directory", metavar="DIR", type=Path, help="the --evidence-out directory, or the bundle's own")
    parser.add_argument(
        "--format",
        choices=("markdown", "annotations"),
        default="markdown",
        help="markdown for $GITHUB_STEP_SUMMARY (default), or annotations: one ::error per finding in a file",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one bundle."""
    from packaging_readiness.render.annotations import annotations
    from packaging_readiness.render.summary import summary
    from packaging_readiness.render.view import read_view

    view = read_view(options.directory)
    lines = annotations(view) if options.format == "annotations" else summary(view).rstrip("\n").split("\n")
    for line in lines:
        print_line(line)
    return 0 if view.verification.coherent else 1
