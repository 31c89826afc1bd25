"""Ways to change a checkout of the reference platform; each fails where it no longer fits the platform."""

from collections.abc import Callable
from pathlib import Path

Change = Callable[[Path], None]


def replace(path: str, *pairs: tuple[str, str]) -> Change:
    """Replace texts that stand in a file exactly once: a break that no longer fits the platform must not pass."""

    def change(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, new)
        (root / path).write_text(text, encoding="utf-8")

    return change


def append(path: str, text: str) -> Change:
    """Add lines to the end of a file."""

    def change(root: Path) -> None:
        with (root / path).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return change


def both(*changes: Change) -> Change:
    """Several changes that make one fault."""

    def change(root: Path) -> None:
        for one in changes:
            one(root)

    return change
