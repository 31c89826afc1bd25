"""Files that should not be in a build context, as a person wants to read of them: by tree, largest first."""

from collections.abc import Collection
from dataclasses import dataclass

from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.ignore_patterns import Pattern


@dataclass(frozen=True, slots=True)
class OffendingTree:
    """A folder of which no file belongs in the context, or a single file beside files that do.

    `path` is relative; `let_in_by` is the line of the ignore file that lets its files in, None when no line says
    anything of them.
    """

    path: str
    files: int
    bytes: int
    let_in_by: Pattern | None


def offending_trees(context: Context, offending: Collection[str]) -> tuple[OffendingTree, ...]:
    """Group context files into the largest folders that hold nothing else, one row per deciding line; largest first."""
    beside = {folder for path in context.files if path not in offending for folder in _folders(path)}
    groups: dict[tuple[str, Pattern | None], list[str]] = {}
    for path in offending:
        own = next((folder for folder in _folders(path) if folder not in beside), None)
        groups.setdefault((path if own is None else own, context.decided_by(path)), []).append(path)
    trees = [
        OffendingTree(tree, len(paths), sum(context.sizes[path] for path in paths), line)
        for (tree, line), paths in groups.items()
    ]
    return tuple(sorted(trees, key=lambda tree: (-tree.bytes, -tree.files, tree.path)))


def _folders(path: str) -> list[str]:
    """Every folder above a path, outermost first, with a slash at its end; not the root."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
