"""What commands print: JSON for machines, text for people, colour only on a terminal; never a secret."""

import json
import os
import sys
from typing import Any


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    from packaging_readiness.secrets.redaction import redact_tree

    sys.stdout.write(json.dumps(redact_tree(value), indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def print_line(text: str = "", colour: str = "") -> None:
    """One line on standard output; `colour` is green, red or nothing."""
    from packaging_readiness.secrets.redaction import clean

    text = clean(text)
    codes = {"green": "32", "red": "31"}
    if colour and sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        text = f"\x1b[{codes[colour]}m{text}\x1b[0m"
    sys.stdout.write(printable(text) + "\n")


def printable(text: str) -> str:
    """`text` as the terminal can take it: what is not UTF-8 is escaped, so that no file name can stop the output."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def files(number: int) -> str:
    """A number of files for people."""
    return "1 file" if number == 1 else f"{number} files"


def size(number: int) -> str:
    """A number of bytes for people."""
    value = float(number)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
