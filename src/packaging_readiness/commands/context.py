"""`context`: which files reach the builder, and which of them the image."""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from packaging_readiness.commands.output import files, print_json, print_line, size
from packaging_readiness.contract.errors import CannotTell, InputRefused, ReadinessError

_DEPTH = 3


def register(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "context",
        help="show which files reach the builder, and what each COPY takes",
        description="Resolve a build context as BuildKit would, without an engine: .dockerignore (or "
        "<Dockerfile>.dockerignore), "
        "then every COPY and ADD. Nothing is built.",
        epilog="Exit status: 0 resolved, 2 refused (the builder would refuse it, or it cannot be known without "
        "building).",
    )
    parser.add_argument("root", metavar="ROOT", type=Path, help="root of the build context")
    parser.add_argument(
        "--dockerfile", metavar="FILE", type=Path, help="default: ROOT/Dockerfile; may lie outside ROOT"
    )
    parser.add_argument(
        "--build-arg", metavar="NAME=VALUE", action="append", default=[], help="value of a build argument (repeatable)"
    )
    parser.add_argument("--json", action="store_true", help="print context_files, copied, untaken and refused as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Resolve one context."""
    from packaging_readiness.checkout.context import load_dockerfile, resolve_context
    from packaging_readiness.checkout.copies import refused_view, resolve_copies, view
    from packaging_readiness.checkout.offending import offending_trees

    file: Path = options.dockerfile or options.root / "Dockerfile"
    try:
        if not options.root.is_dir():
            raise CannotTell(str(options.root), "is not a directory", "name the root of the build context")
        arguments = _arguments(options.build_arg)
        dockerfile = load_dockerfile(file, (options.dockerfile and str(options.dockerfile)) or "Dockerfile")
        context = resolve_context(options.root, file)
        copies = resolve_copies(dockerfile, context, arguments)
    except ReadinessError as error:
        if not options.json:
            raise
        print_json(refused_view(str(error)))
        return 2
    if options.json:
        print_json(view(context, copies))
        return 0
    _show_tree(context.files, context.sizes)
    for copy in copies.sources:
        taken = files(len(copy.files)) if copy.kind in ("context", "mount") else copy.kind
        print_line(f"line {copy.line}: {copy.instruction} {copy.source} takes {taken}")
    for tree in offending_trees(context, frozenset(copies.untaken)):
        by = f", let in by line {tree.let_in_by.line} of the ignore file" if tree.let_in_by else ""
        print_line(f"no COPY takes {tree.path} ({files(tree.files)}, {size(tree.bytes)}{by})")
    by = (
        f"{context.ignore.place}, {'default-deny' if context.is_default_deny() else 'allow by default'}"
        if context.ignore
        else "none"
    )
    total = sum(context.sizes.values())
    print_line(f"reach the builder: {files(len(context.files))}, {size(total)}; ignore file: {by}")
    print_line(f"copied: {len(context.files) - len(copies.untaken)}; taken by no instruction: {len(copies.untaken)}")
    return 0


def _arguments(given: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputRefused("--build-arg", f"{text!r} is not NAME=VALUE")
        pairs[name] = value
    return pairs


def _show_tree(files: Iterable[str], sizes: Mapping[str, int]) -> None:
    """Folders to a depth of three with file counts and sizes, largest first."""
    totals: dict[str, list[int]] = {}
    for path in files:
        folder = "/".join(path.split("/")[:-1][:_DEPTH]) or "."
        entry = totals.setdefault(folder, [0, 0])
        entry[0] += 1
        entry[1] += sizes.get(path, 0)
    for folder, (count, total) in sorted(totals.items(), key=lambda item: (-item[1][1], item[0])):
        print_line(f"{count:7} files {size(total):>10}  {folder}")
