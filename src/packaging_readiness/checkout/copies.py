"""Which context files each COPY, ADD and bind mount takes, and where they land in the image."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from packaging_readiness.checkout.builder_paths import BadPattern
from packaging_readiness.checkout.context import Context
from packaging_readiness.checkout.context_tree import NotResolved, Tree, absolute
from packaging_readiness.checkout.copy_sources import Copy, copy_instruction, mount_instruction, named_sources
from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.checkout.expand import Scope, Unresolved, require_readable
from packaging_readiness.checkout.image_tree import ImageTree, destination
from packaging_readiness.checkout.requested import BadSource, narrow
from packaging_readiness.checkout.scopes import stage_scopes
from packaging_readiness.checkout.stages import Stage, Stages, resolve_stages
from packaging_readiness.contract.errors import InputRefused

_EXPANDED = ("EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME")


@dataclass(frozen=True)
class Copies:
    """All sources of all stages in file order, and the context files that none of them takes."""

    sources: tuple[Copy, ...]
    untaken: tuple[str, ...]
    stages: Stages


@dataclass
class _State:
    """Where a stage stands: its working directory, None when not known, and what its file system holds."""

    workdir: str | None
    image: ImageTree


def resolve_copies(dockerfile: Dockerfile, context: Context, build_args: Mapping[str, str]) -> Copies:
    """Apply every stage to the context.

    Raises InputRefused with the place `path:line` when a source does not exist, when its links loop or leave the
    root, when it depends on a variable without a value, and for whatever else the builder would not build. The
    builder skips stages that the final one does not need: there a failure is kept as the source's `problem`.
    """
    stages = resolve_stages(dockerfile, build_args)
    tree = Tree(context)
    needed = stages.needed()
    sent = _sent(dockerfile, context, stages, build_args)
    states: list[_State] = []
    found: list[Copy] = []
    for stage, item, scope in stage_scopes(dockerfile, stages, build_args):
        while len(states) <= stage.index:
            states.append(_start(stages.all[len(states)], states))
        try:
            seen = sent if stage.index in needed else tree
            found.extend(_apply(item, stage, states[stage.index], scope, seen, dockerfile.escape))
        except ValueError as error:
            cause = "malformed pattern" if isinstance(error, BadPattern) else str(error)
            if stage.index in needed:
                raise _refused(dockerfile, item, cause, context) from None
            found.append(Copy(item.start, stage.index, stage.name, item.name, "", problem=cause))
    taken = {path for each in found for path in (*each.through, *(source for source, _ in each.files))}
    return Copies(tuple(found), tuple(path for path in context.files if path not in taken), stages)


def view(context: Context, copies: Copies) -> dict[str, Any]:
    """Plain data for people and programs: context_files, copied (one row per file), untaken, refused."""
    copied = [
        {"line": each.line, "stage": each.stage_name or str(each.stage), "source": source, "dest": dest}
        for each in copies.sources
        if each.kind == "context"
        for source, dest in each.files
    ]
    return {
        "context_files": list(context.files),
        "copied": sorted(copied, key=lambda row: (row["line"], row["source"], row["dest"])),
        "untaken": list(copies.untaken),
        "refused": None,
    }


def refused_view(reason: str) -> dict[str, Any]:
    """The same shape for a context that the builder, or we, would refuse."""
    return {"context_files": [], "copied": [], "untaken": [], "refused": reason}


def _sent(dockerfile: Dockerfile, context: Context, stages: Stages, build_args: Mapping[str, str]) -> Tree:
    """What the builder is sent for all sources of the needed stages together."""
    needed = stages.needed()
    named: dict[str, Instruction] = {}
    for stage, item, scope in stage_scopes(dockerfile, stages, build_args):
        if stage.index in needed:
            for source in named_sources(item, scope, dockerfile.escape):
                named.setdefault(absolute(source), item)
    try:
        return Tree(narrow(context, named))
    except BadSource as error:
        raise _refused(dockerfile, named[error.source], str(error), context) from None


def _start(stage: Stage, states: list[_State]) -> _State:
    if stage.base_stage is not None:
        base = states[stage.base_stage]
        return _State(base.workdir, base.image.copy())
    scratch = stage.base_expanded == "scratch"
    return _State("/" if scratch else None, ImageTree.of_base(scratch))


def _apply(item: Instruction, stage: Stage, state: _State, scope: Scope, tree: Tree, escape: str) -> list[Copy]:
    """Apply one instruction to the stage's state and give the sources it takes."""
    blank = Copy(item.start, stage.index, stage.name, item.name, "")
    trigger = item.onbuild
    if trigger is not None:
        item = trigger
        blank = replace(blank, instruction=item.name, onbuild=True)
    if item.name == "WORKDIR" and trigger is None:
        _enter(state, item.args[0], scope, escape)
    elif item.name in ("COPY", "ADD"):
        return copy_instruction(item, blank, tree, scope, escape, state.workdir, state.image)
    elif item.name == "RUN":
        return mount_instruction(item, blank, tree, scope, escape)
    elif item.name in _EXPANDED and trigger is None:
        require_readable(item.args, scope, escape)
    return []


def _enter(state: _State, path: str, scope: Scope, escape: str) -> None:
    try:
        state.workdir = destination(state.workdir, scope.expand(path, escape))
    except (Unresolved, NotResolved):
        # Only a relative destination needs it, and says so then.
        state.workdir = None
        return
    try:
        state.image.make_directory(state.image.resolve(state.workdir))
    except NotResolved:
        # What a base image has there is not known; from nothing, all of it is.
        if scope.closed:
            raise


def _refused(dockerfile: Dockerfile, item: Instruction, cause: str, context: Context) -> InputRefused:
    owner = item.onbuild or item
    # Only paths are repeated: the words of an ENV or RUN may be secrets.
    words = f"{owner.name} {' '.join(owner.args)}"[:200] if owner.name in ("COPY", "ADD") else owner.name
    cure = "name sources that are in the build context, with values that the Dockerfile itself gives"
    for source in owner.args[:-1] if owner.name in ("COPY", "ADD") else ():
        path = absolute(source).strip("/")
        line = context.decided_by(path)
        if context.ignore and line and not line.reopens and (context.root / path).exists():
            cause += f" ({path} is kept out by {context.ignore.place}:{line.line})"
            cure = f"write in {context.ignore.place}, after line {line.line}: !{path}"
    return InputRefused(dockerfile.place(item), f"{words}: {cause}", cure)
