"""`packaging-readiness`: each subcommand is a few lines over the library.

Exit status of every command: 0 holds, 1 does not hold, 2 could not tell or refused.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from packaging_readiness import __version__
from packaging_readiness.commands import bundle, context, dockerfile, inventory, note, publish, scan, summary, verify
from packaging_readiness.contract.errors import ReadinessError

DEBUG = "PACKAGING_READINESS_DEBUG"
_COULD_NOT_TELL = 2
_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """Repeats what was typed, but no secret in it; the parsers of the subcommands are of this class, too."""

    def error(self, message: str) -> NoReturn:
        from packaging_readiness.secrets.redaction import clean

        super().error(clean(message))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = _Parser(
        prog="packaging-readiness",
        description="May this container image leave packaging? Read a platform, adjudicate reports, verify evidence.",
        epilog="Exit status: 0 holds, 1 does not hold, 2 could not tell or refused. The checks themselves run "
        "with pytest.",
    )
    top.add_argument("--version", action="version", version=f"packaging-readiness {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (bundle, verify, summary, note, publish, context, dockerfile, scan, inventory):
        module.register(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. No traceback reaches a user."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except ReadinessError as error:
        from packaging_readiness.secrets.redaction import clean

        print(clean(f"packaging-readiness {options.command}: {error}"), file=sys.stderr)
        return _COULD_NOT_TELL
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _COULD_NOT_TELL
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        print(
            f"packaging-readiness {options.command}: broke down ({type(error).__name__}); nothing was decided\n"
            f"  fix: set {DEBUG}=1 to see where, and report it",
            file=sys.stderr,
        )
        return _COULD_NOT_TELL


if __name__ == "__main__":
    sys.exit(main())
