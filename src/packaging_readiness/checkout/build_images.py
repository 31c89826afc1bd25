"""Every image that a build draws on: bases, images that files are copied or mounted from, and the frontend. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.checkout.dockerfile_reader import DIRECTIVE, DIRECTIVES
from packaging_readiness.checkout.dockerfile_rules import source_stage
from packaging_readiness.checkout.mounts import mounts
from packaging_readiness.checkout.stages import NUMBER, Stages, is_digest


@dataclass(frozen=True, slots=True)
class BuildImage:
    """One image that the build draws on, by the line that names it.

    `spelling` is how the Dockerfile names it (`FROM x`, `--from=x`, `from=x`, `# syntax=x`). `pinned`: it is a digest
    reference. `argument` is the build argument that alone supplies it and has no value, None otherwise.
    """

    line: int
    spelling: str
    pinned: bool
    argument: str | None = None


def build_images(dockerfile: Dockerfile, stages: Stages) -> tuple[BuildImage, ...]:
    """All images that any stage draws on, ONBUILD included, in file order and each line's image once.

    A name that is no stage before it counts as an image; a named context, which only a build's command line knows, has
    such a name as well.
    """
    found = [
        BuildImage(stage.line, f"FROM {stage.base}", stage.base_is_digest, stage.base_arg)
        for stage in stages.base_images()
    ]
    found += _frontend(dockerfile)
    for stage in stages.all:
        names = {each.name for each in stages.all[: stage.index]}
        for item in stage.instructions:
            for option, name in _sources(item.onbuild or item):
                if name.lower() not in names:
                    found.append(BuildImage(item.start, f"{option}={name}", is_digest(name)))
    return tuple(sorted(set(found), key=lambda image: (image.line, image.spelling)))


def _sources(item: Instruction) -> Iterator[tuple[str, str]]:
    """What one instruction copies or mounts from, the build context excepted. Only a COPY knows a stage by number."""
    if item.name == "COPY" and source_stage(item) and not NUMBER.match(source_stage(item)):
        yield "--from", source_stage(item)
    if item.name == "RUN":
        try:
            found = mounts(item)
        except ValueError:
            return  # a trigger that nobody has read yet; in a stage it is refused before
        for mount in found:
            if mount.source_stage:
                yield "from", mount.source_stage


def _frontend(dockerfile: Dockerfile) -> list[BuildImage]:
    """The image that is to read the Dockerfile in place of the builder. A `#!` line may stand before the directive."""
    lines = dockerfile.text.split("\n")
    first = 1 if lines[0].startswith("#!") else 0
    for number, line in enumerate(lines[first:], first + 1):
        match = DIRECTIVE.match(line.strip())
        if match is None or match.group(1).lower() not in DIRECTIVES:
            break
        if match.group(1).lower() == "syntax":
            name = match.group(2).split()[0]
            return [BuildImage(number, f"# syntax={name}", is_digest(name))]
    return []
