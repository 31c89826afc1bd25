"""The variables in scope at each instruction of each stage."""

from collections.abc import Iterator, Mapping

from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.checkout.expand import DEFAULT_PATH, Scope, declare_args, declare_env
from packaging_readiness.checkout.stages import Stage, Stages
from packaging_readiness.contract.errors import InputRefused


def stage_scopes(
    dockerfile: Dockerfile, stages: Stages, build_args: Mapping[str, str]
) -> Iterator[tuple[Stage, Instruction, Scope]]:
    """Every instruction after a FROM with its stage and the scope it sees (do not keep it: it changes as you go on).

    A stage built on another inherits its variables. Raises InputRefused (`path:line`) for ARG and ENV that the
    builder cannot read; in a stage that the final one does not need, they end the stage, as the builder skips it.
    """
    needed = stages.needed()
    ends: list[Scope] = []
    for stage in stages.all:
        scope = first_scope(stage, ends)
        for item in stage.instructions:
            yield stage, item, scope
            try:
                declare(scope, item, dockerfile.escape, build_args, stages.outer)
            except ValueError as error:
                if stage.index not in needed:
                    break
                raise InputRefused(dockerfile.place(item), f"{item.name}: {error}", "mend the value") from None
        ends.append(scope)


def first_scope(stage: Stage, ends: list[Scope]) -> Scope:
    """The scope after a FROM, given those at the ends of earlier stages."""
    if stage.base_stage is not None:
        return ends[stage.base_stage].copy()
    scratch = stage.base_expanded == "scratch"
    return Scope({"PATH": DEFAULT_PATH} if scratch else {}, closed=scratch)


def declare(scope: Scope, item: Instruction, escape: str, build_args: Mapping[str, str], outer: Scope) -> None:
    """Apply an instruction to the scope; only ARG and ENV change it."""
    if item.name == "ARG":
        declare_args(scope, item, escape, build_args, outer)
    elif item.name == "ENV":
        declare_env(scope, item, escape)
