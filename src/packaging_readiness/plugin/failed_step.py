"""Where in the Dockerfile a build ended: the line of the last step that the engine began."""

import re
from collections.abc import Sequence

from packaging_readiness.checkout.dockerfile import Instruction
from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.image.build import BuildFailed
from packaging_readiness.plugin.platform import Platform

# podman counts in each stage and names the stage where there are several; docker without BuildKit counts all steps.
_STEP = re.compile(
    r"^(?:\[(?P<stage>\d+)/\d+\] )?(?:STEP (?P<in_stage>\d+)/\d+|Step (?P<of_all>\d+)/\d+ ): (?P<name>\w+)",
    re.MULTILINE,
)


def at_its_line(error: BuildFailed, platform: Platform) -> BuildFailed:
    """The same error, at the line of the Dockerfile where the build ended, if that can be told."""
    try:
        line = failed_line(platform.dockerfile.instructions, error.cause)
    except ReadinessError:  # an engine may go further in a Dockerfile that the suite refuses
        line = None
    place = error.place if line is None else f"{error.place}:{line}"
    return BuildFailed(place, error.cause, error.cure)


def failed_line(instructions: Sequence[Instruction], said: str) -> int | None:
    """The 1-based line of the last step in the engine's words; None where it cannot be told for sure."""
    begun = list(_STEP.finditer(said))
    if not begun:
        return None
    last, first = begun[-1], next((index for index, each in enumerate(instructions) if each.name == "FROM"), 0)
    stages: list[list[Instruction]] = []
    for instruction in instructions[first:]:
        if instruction.name == "FROM":
            stages.append([])
        stages[-1].append(instruction)
    steps: Sequence[Instruction] = instructions  # with the arguments before the first stage
    if last["in_stage"] is not None:
        number = int(last["stage"] or 1)
        steps = stages[number - 1] if 0 < number <= len(stages) else []
    place = int(last["in_stage"] or last["of_all"]) - 1
    # Engines count what they build; where they count differently, nothing is better than another instruction's line.
    if not 0 <= place < len(steps) or steps[place].name != last["name"].upper():
        return None
    return steps[place].start
