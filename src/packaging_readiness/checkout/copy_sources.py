"""One COPY, ADD or bind mount: its sources, the files behind them, and their places in the image."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from packaging_readiness.checkout.archives import archive_members
from packaging_readiness.checkout.builder_paths import has_wildcard
from packaging_readiness.checkout.context_tree import Tree, absolute
from packaging_readiness.checkout.dockerfile import Instruction
from packaging_readiness.checkout.dockerfile_reader import marker
from packaging_readiness.checkout.dockerfile_rules import flag_is_set, flag_values, source_stage
from packaging_readiness.checkout.expand import Scope, require_readable
from packaging_readiness.checkout.ignore_patterns import Pattern, new_pattern
from packaging_readiness.checkout.image_tree import ImageTree, destination
from packaging_readiness.checkout.landing import land_archive, land_directory, land_file
from packaging_readiness.checkout.mounts import mounts
from packaging_readiness.checkout.stages import REMOTE

_EXPANDED = ("chown", "chmod", "checksum")


@dataclass(frozen=True)
class Copy:
    """One source of one instruction.

    `kind` is `context`, `mount` (a bind mount of the context), `stage` (`--from`), `heredoc` or `remote`. `source` is
    as written, `expanded` with variables replaced. `files` are pairs of context path and path in the image (without
    leading slash; for a mount, of where it shows). `through` are the links that led to them. `roots` are the context
    paths that the source names, links followed, "" for the whole context. A wildcard that matches nothing is no
    failure for the builder: `files` is then empty. `onbuild` sources take nothing in this build.
    """

    line: int
    stage: int
    stage_name: str | None
    instruction: str
    source: str
    expanded: str = ""
    kind: str = "context"
    onbuild: bool = False
    parents: bool = False
    files: tuple[tuple[str, str], ...] = ()
    through: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    problem: str | None = None


def copy_instruction(
    item: Instruction, blank: Copy, tree: Tree, scope: Scope, escape: str, workdir: str | None, image: ImageTree
) -> list[Copy]:
    """The sources of a COPY or ADD; `image` receives what they bring.

    Raises NotResolved, Unresolved, BadPattern or ValueError as `resolve_copies` reports them.
    """
    sources = item.args[:-1]
    if source_stage(item):
        return [replace(blank, source=source, expanded=source, kind="stage") for source in sources]
    if blank.onbuild:
        return [_of_trigger(replace(blank, source=source), item, scope, escape) for source in sources]
    last = item.args[-1]
    require_readable((value for name in _EXPANDED for value in flag_values(item, name)), scope, escape)
    target = destination(workdir, scope.expand(last, escape))
    excluded = _patterns(flag_values(item, "exclude"))
    parents = flag_is_set(item, "parents")
    unpack = flag_is_set(item, "unpack") if flag_values(item, "unpack") else item.name == "ADD"
    # A linked copy is made apart from the stage and laid over it: what the stage holds does not matter.
    linked = flag_is_set(item, "link") and not any(flag_values(item, "chmod"))
    stage, image = image, ImageTree() if linked else image
    found: list[Copy] = []
    # As the builder does: inline documents come after all other sources.
    for source in sorted(sources, key=lambda word: marker(word) is not None):
        document = marker(source)
        if document is not None:
            land_file(document.name, target, image)
            found.append(replace(blank, source=source, expanded=source, kind="heredoc"))
            continue
        expanded = scope.expand(source, escape)
        one = replace(blank, source=source, expanded=expanded, parents=parents)
        if REMOTE.match(expanded):
            if item.name == "COPY":
                raise ValueError("source can't be a URL for COPY")
            found.append(replace(one, kind="remote"))
        else:
            found.append(_from_context(one, tree, target, image, excluded, unpack))
    if linked:
        stage.lay_over(image)
    return found


def named_sources(item: Instruction, scope: Scope, escape: str) -> list[str]:
    """The paths of the context that an instruction makes the builder ask for; those that cannot be read left out."""
    if item.name in ("COPY", "ADD") and not source_stage(item):
        words = [word for word in item.args[:-1] if marker(word) is None]
    elif item.name == "RUN":
        # A tmpfs has no source, which the builder takes for the root of the context.
        words = [mount.source for mount in mounts(item) if mount.shows_context or mount.kind == "tmpfs"]
    else:
        return []
    found: list[str] = []
    for word in words:
        # One that cannot be read is refused when its turn comes.
        with suppress(ValueError):
            found.append(scope.expand(word, escape))
    return [source for source in found if not source.startswith(("http://", "https://"))]


def mount_instruction(item: Instruction, blank: Copy, tree: Tree, scope: Scope, escape: str) -> list[Copy]:
    """The bind mounts of a RUN that show the build context."""
    found: list[Copy] = []
    try:
        shown_mounts = [mount for mount in mounts(item) if mount.shows_context]
    except ValueError:
        # Nobody reads a trigger before it is used; anywhere else the stages have been refused for it.
        return []
    for mount in shown_mounts:
        if blank.onbuild:
            expanded = _expand_trigger(mount.source, scope, escape)
            found.append(replace(blank, source=mount.source, expanded=expanded, kind="mount"))
            continue
        expanded = scope.expand(mount.source, escape)
        one = replace(blank, source=mount.source, expanded=expanded, kind="mount")
        path, through = tree.resolve(absolute(expanded))
        shown = mount.target.strip("/")
        names = tree.below(path) if tree.is_directory(path) else (path,)
        files = tuple((name, f"{shown}/{name.removeprefix(path).lstrip('/')}".rstrip("/")) for name in names)
        found.append(replace(one, files=files, through=through, roots=(path,)))
    return found


def _of_trigger(one: Copy, item: Instruction, scope: Scope, escape: str) -> Copy:
    if marker(one.source) is not None:
        return replace(one, expanded=one.source, kind="heredoc")
    expanded = _expand_trigger(one.source, scope, escape)
    if REMOTE.match(expanded):
        return replace(one, expanded=expanded, kind="remote")
    return replace(one, expanded=expanded, parents=flag_is_set(item, "parents"))


def _expand_trigger(source: str, scope: Scope, escape: str) -> str:
    """A trigger's source as far as it is known: the build that runs it may give the variables other values."""
    try:
        return scope.expand(source, escape)
    except ValueError:
        return source


def _patterns(values: Iterable[str]) -> tuple[Pattern, ...]:
    found = [new_pattern(0, value, value) for value in values]
    return tuple(each for each in found if each is not None)


def _from_context(
    one: Copy, tree: Tree, target: str, image: ImageTree, excluded: tuple[Pattern, ...], unpack: bool
) -> Copy:
    source, included = one.expanded, None
    if one.parents:
        source, included = split_pivot(one.expanded)
        _require_plain(source, included, tree)
    files: list[tuple[str, str]] = []
    through: list[str] = []
    roots: list[str] = []
    for path in tree.match(absolute(source)):
        real, passed = tree.resolve(path)
        through += passed
        roots.append(real)
        if tree.is_directory(real):
            files += land_directory(real, target, tree, image, included, excluded)
            continue
        members = archive_members(tree.root / real) if unpack else None
        if members is not None:
            files += land_archive(real, members, target, image)
        else:
            files.append((real, land_file(path.rpartition("/")[2], target, image)))
    return replace(one, files=tuple(files), through=tuple(through), roots=tuple(roots))


def split_pivot(source: str) -> tuple[str, tuple[Pattern, ...]]:
    """`--parents`: the directory to copy from and the pattern below it, which "/./" divides."""
    before, pivot, after = source.partition("/./")
    if not pivot:
        before, after = "/", source
    return before, _patterns([absolute(after).removeprefix("/")])


def _require_plain(before: str, included: tuple[Pattern, ...], tree: Tree) -> None:
    """A path without wildcards must exist, as it must without `--parents`."""
    for pattern in included:
        if not has_wildcard(before) and not has_wildcard(pattern.value):
            tree.resolve(absolute(f"{before}/{pattern.value}"))
