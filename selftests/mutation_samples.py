"""Modules that tests of the mutation tool change."""

from pathlib import Path
from textwrap import dedent


def written(folder: Path, text: str, name: str = "sample") -> Path:
    """A module of this text below `folder`."""
    path = folder / f"{name}.py"
    path.write_text(dedent(text))
    return path
