"""Finds every instruction that takes the whole build context, however it is spelled."""

from collections.abc import Mapping
from dataclasses import dataclass

from packaging_readiness.checkout.builder_paths import BadPattern, glob, has_wildcard
from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.context_tree import NotResolved, Tree, absolute
from packaging_readiness.checkout.copy_sources import split_pivot
from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.checkout.dockerfile_reader import marker
from packaging_readiness.checkout.dockerfile_rules import flag_is_set, source_stage
from packaging_readiness.checkout.expand import Scope, Unresolved
from packaging_readiness.checkout.ignore_patterns import walk_path
from packaging_readiness.checkout.mounts import mounts
from packaging_readiness.checkout.scopes import stage_scopes
from packaging_readiness.checkout.stages import REMOTE, resolve_stages

# Names that no platform has: a wildcard that takes several of them, of different first characters, takes anything.
_UNNAMED = ("q7x", "Q7X", "a7x", "m7x", "z7x", "0q7", "_q7", ".q7x", "q7x.q7y", "w7.q7y", "~q7", " q7", "\u00e97q")


@dataclass(frozen=True, slots=True)
class Broad:
    """One source that takes everything: line, stage index, instruction name, the source as written, and why."""

    line: int
    stage: int
    instruction: str
    spelling: str
    why: str
    onbuild: bool


def broad_ingestions(dockerfile: Dockerfile, context: Context, build_args: Mapping[str, str]) -> tuple[Broad, ...]:
    """Every COPY, ADD or bind mount of any stage, ONBUILD ones too, whose source takes the whole context.

    A source whose value is not known counts: nothing shows that it does not. Raises InputRefused (`path:line`) for a
    Dockerfile that the builder would not build; unlike `resolve_copies` it does not need the sources to exist.
    """
    stages = resolve_stages(dockerfile, build_args)
    tree = Tree(context)
    found: list[Broad] = []
    for stage, item, scope in stage_scopes(dockerfile, stages, build_args):
        owner = item.onbuild or item
        for source in _sources(owner):
            why = _why(source, owner, scope, dockerfile.escape, tree)
            if why is not None:
                spelling = source or "the mount's default source"
                found.append(Broad(item.start, stage.index, owner.name, spelling, why, item.onbuild is not None))
    return tuple(found)


def _sources(item: Instruction) -> list[str]:
    if item.name == "RUN":
        try:
            return [mount.source for mount in mounts(item) if mount.shows_context]
        except ValueError:
            # Only a trigger that nobody has read yet gets here with a malformed mount.
            return []
    if item.name not in ("COPY", "ADD") or source_stage(item):
        return []
    return [source for source in item.args[:-1] if marker(source) is None]


def _why(source: str, item: Instruction, scope: Scope, escape: str, tree: Tree) -> str | None:
    try:
        expanded = scope.expand(source, escape)
    except Unresolved as error:
        return f"{error}: it may take everything"
    except ValueError:
        return None
    if REMOTE.match(expanded):
        return None
    try:
        if item.name != "RUN" and flag_is_set(item, "parents"):
            return _why_parents(expanded, tree)
        return _why_path(absolute(expanded), tree, wildcards=item.name != "RUN")
    except (NotResolved, BadPattern):
        # A source that does not exist takes nothing; resolve_copies refuses it.
        return None


def _why_parents(expanded: str, tree: Tree) -> str | None:
    before, patterns = split_pivot(expanded)
    if _why_path(absolute(before), tree, wildcards=True) is None:
        return None
    if not patterns:
        return "it is the root of the context"
    nested = (*_UNNAMED, *(f"{folder}/{name}" for folder in _UNNAMED for name in _UNNAMED))
    taken = [name for name in nested if walk_path(patterns, name)[0]]
    anywhere = _any_name([name.partition("/")[0] for name in taken])
    return "the pattern takes any name" if anywhere and _any_name(taken) else None


def _why_path(path: str, tree: Tree, *, wildcards: bool) -> str | None:
    if not wildcards or not has_wildcard(path):
        real, through = tree.resolve(path)
        if real:
            return None
        return f"the symbolic link {through[-1]} leads to the root" if through else "it is the root of the context"
    parts = path.split("/")
    first = next(at for at, part in enumerate(parts) if has_wildcard(part))
    base, _ = tree.resolve("/".join(parts[:first]))
    expression = glob("/".join(parts[first:]))
    depth = len(parts) - first
    if base == "" and _any_name([name for name in _UNNAMED if expression.fullmatch("/".join([name] * depth))]):
        return "the wildcard takes any name"
    if any(_leads_to_root(match, tree) for match in tree.match(path)):
        return "the wildcard matches a symbolic link to the root"
    return None


def _leads_to_root(path: str, tree: Tree) -> bool:
    try:
        return tree.resolve(path)[0] == ""
    except NotResolved:
        return False


def _any_name(taken: list[str]) -> bool:
    return len({name.rpartition("/")[2][0] for name in taken}) > 1
