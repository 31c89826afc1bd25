"""The stages of a Dockerfile, what each builds on, and the facts that advisory checks ask for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.checkout.dockerfile_rules import check_instruction, check_rules, source_stage
from packaging_readiness.checkout.expand import PLATFORM_ARGS, Scope, Unresolved, declare_args
from packaging_readiness.checkout.mounts import mounts
from packaging_readiness.contract.errors import InputRefused

_NAME = re.compile(r"[a-z][a-z0-9-_.]*\Z")
NUMBER = re.compile(r"[-+]?[0-9]{1,9}\Z")
_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}\Z")
_ONLY_ARG = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))\Z")
MAX_STAGES = 1000
REMOTE = re.compile(r"(?:https?|git|ssh)://|git@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it.

    `base` is as written; `base_expanded` is None when it depends on a build argument that has no value; `base_stage`
    is the index of the stage it names, None for an image. `base_arg` is the argument that alone supplies the base and
    has no value. `instructions` start with the ONBUILD triggers of the stage that it builds on. `depends_on` are the
    indices of the stages that it builds on, copies from or mounts.
    """

    index: int
    name: str | None
    line: int
    base: str
    base_expanded: str | None
    base_stage: int | None
    base_arg: str | None
    instructions: tuple[Instruction, ...]
    depends_on: frozenset[int]

    @property
    def base_is_digest(self) -> bool:
        """Whether the base is an image pinned by digest."""
        return self.base_expanded is not None and is_digest(self.base_expanded)


@dataclass(frozen=True, slots=True)
class Stages:
    """All stages in file order. `outer` are the arguments declared before the first FROM."""

    all: tuple[Stage, ...]
    outer: Scope

    @property
    def final(self) -> Stage:
        """The stage that becomes the image."""
        return self.all[-1]

    def needed(self) -> frozenset[int]:
        """Indices of the stages that the final stage needs, itself included."""
        found: set[int] = set()
        todo = [self.final.index]
        while todo:
            index = todo.pop()
            if index not in found:
                found.add(index)
                todo.extend(self.all[index].depends_on)
        return frozenset(found)

    def unrelated(self) -> tuple[Stage, ...]:
        """Stages that nothing in the final image comes from: a second image in the same file."""
        needed = self.needed()
        return tuple(stage for stage in self.all if stage.index not in needed)

    def base_images(self) -> tuple[Stage, ...]:
        """Stages whose base is an image, `scratch` excepted."""
        return tuple(each for each in self.all if each.base_stage is None and each.base_expanded != "scratch")

    def final_user(self) -> str | None:
        """The USER that the image runs as, as written; None when the Dockerfile leaves it to the base image."""
        stage: Stage | None = self.final
        while stage is not None:
            for item in reversed(stage.instructions):
                if item.name == "USER":
                    return item.args[0]
            stage = None if stage.base_stage is None else self.all[stage.base_stage]
        return None

    def remote_adds(self) -> tuple[tuple[int, str], ...]:
        """Line and source of every ADD that fetches over the network, ONBUILD ones too."""
        found: list[tuple[int, str]] = []
        for stage in self.all:
            for item in stage.instructions:
                add = item.onbuild or item
                if add.name == "ADD":
                    found += [(item.start, source) for source in add.args[:-1] if REMOTE.match(source.strip("'\""))]
        return tuple(found)


def is_digest(reference: str) -> bool:
    """Whether an image reference is pinned by digest."""
    return _DIGEST.match(reference) is not None


def resolve_stages(dockerfile: Dockerfile, build_args: Mapping[str, str]) -> Stages:
    """Split a Dockerfile into stages. Raises InputRefused (`path:line`) for what the builder would not build."""
    check_rules(dockerfile)
    outer = Scope()
    for name in PLATFORM_ARGS:
        if name in build_args:
            outer.set(name, build_args[name])
        else:
            outer.leave_open(name, "depends on the platform of the build")
    stages: list[Stage] = []
    names: dict[str, int] = {}
    starts = [at for at, item in enumerate(dockerfile.instructions) if item.name == "FROM"]
    if len(starts) > MAX_STAGES:
        raise InputRefused(dockerfile.path, f"more than {MAX_STAGES} stages", "split the build")
    for item in dockerfile.instructions[: starts[0]]:
        try:
            declare_args(outer, item, dockerfile.escape, build_args, None)
        except ValueError as error:
            raise InputRefused(dockerfile.place(item), str(error), "give the argument a plain value") from None
    for start, end in zip(starts, [*starts[1:], len(dockerfile.instructions)], strict=True):
        head, *body = dockerfile.instructions[start:end]
        try:
            stage = _stage(dockerfile, head, tuple(body), stages, names, outer)
        except ValueError as error:
            raise InputRefused(dockerfile.place(head), str(error), "see the Dockerfile reference on FROM") from None
        stages.append(stage)
        if stage.name:
            names[stage.name] = stage.index
    return Stages(tuple(stages), outer)


def _stage(
    dockerfile: Dockerfile,
    head: Instruction,
    body: tuple[Instruction, ...],
    before: list[Stage],
    names: Mapping[str, int],
    outer: Scope,
) -> Stage:
    name = head.args[2].lower() if len(head.args) == 3 else None
    if name is not None and not _NAME.match(name):
        raise ValueError("invalid name for build stage")
    try:
        expanded: str | None = outer.expand(head.args[0], dockerfile.escape)
    except Unresolved:
        expanded = None
    if expanded == "":
        raise ValueError("base name should not be blank")
    base_stage = None if expanded is None else names.get(expanded.lower())
    if base_stage is not None:
        body = _triggers(before[base_stage]) + body
    needs = set() if base_stage is None else {base_stage}
    for item in body:
        try:
            needs.update(_sources(item, names, len(before)))
        except ValueError as error:
            raise InputRefused(
                dockerfile.place(item), f"{item.name}: {error}", "see the Dockerfile reference"
            ) from None
    only = _ONLY_ARG.match(head.args[0])
    return Stage(
        index=len(before),
        name=name,
        line=head.start,
        base=head.args[0],
        base_expanded=expanded,
        base_stage=base_stage,
        base_arg=(only.group(1) or only.group(2)) if only and expanded is None else None,
        instructions=body,
        depends_on=frozenset(needs),
    )


def _triggers(base: Stage) -> tuple[Instruction, ...]:
    """What a stage's ONBUILD instructions do at the start of a stage that builds on it, in this very build."""
    found = tuple(
        replace(item.onbuild, start=item.start, end=item.end, heredocs=item.heredocs)
        for item in base.instructions
        if item.onbuild is not None
    )
    for item in found:
        check_instruction(item)
    return found


def _sources(item: Instruction, names: Mapping[str, int], count: int) -> list[int]:
    """Indices of the stages that one instruction copies from or mounts. Raises ValueError for one that is not before.

    Only a COPY may name a stage by its number.
    """
    if item.name == "COPY":
        wanted = source_stage(item)
        if NUMBER.match(wanted):
            if not 0 <= int(wanted) < count:
                raise ValueError(f"--from={wanted} names no stage before this one")
            return [int(wanted)]
        return [names[wanted.lower()]] if wanted.lower() in names else []
    if item.name == "RUN":
        return [names[mount.source_stage.lower()] for mount in mounts(item) if mount.source_stage.lower() in names]
    return []
