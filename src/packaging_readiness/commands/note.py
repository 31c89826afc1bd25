"""`note`: the closure note and the action-log entry, from a bundle alone."""

import argparse
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import print_line


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "note",
        help="print the closure note and the action-log entry of a bundle",
        description="Print what plan section 7 wants appended by hand, in Markdown: the closure note for the "
        "implementation map, then the entry of the action log. Made of the bundle alone; a bundle that is not coherent "
        "is refused.",
        epilog="Exit status: 0 printed, whatever the verdict says (`verify` answers by its status); 2 refused.",
    )
    parser.add_argument("directory", metavar="DIR", type=Path, help="the --evidence-out directory, or the bundle's own")
    parser.add_argument("--part", choices=("closure", "log"), help="only one of the two")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one text or both."""
    from packaging_readiness.render.note import action_log, closure_note
    from packaging_readiness.render.view import read_coherent

    view = read_coherent(options.directory)
    parts = {"closure": closure_note, "log": action_log}
    wanted = [options.part] if options.part else list(parts)
    print_line("\n".join(parts[part](view) for part in wanted).rstrip("\n"))
    return 0
