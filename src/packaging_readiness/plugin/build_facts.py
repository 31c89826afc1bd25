"""Facts of a build that ran elsewhere, as the system that ran it wrote them down: the file behind `--build-facts`."""

from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.contract.shapes import has_shape

_SHAPES = {
    "build_driver": "word",
    "build_actor": "text",
    "build_completed_at_utc": "utc",
    "git_sha": "git_sha",
    "image_digest": "digest",
    "workflow_path": "path",
    "workflow_run_id": "pattern",
    "workflow_run_url": "url",
}


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What a build system says of one build: who built which commit into which image, by what, until when.

    `git_sha` and `image_digest` say what the facts are about, so that those of another build cannot be mistaken for
    them. The workflow is named where there was one: its path in the repository, the id of the run and its address.
    """

    build_driver: str
    build_actor: str
    build_completed_at_utc: str
    git_sha: str
    image_digest: str
    workflow_path: str | None = None
    workflow_run_id: str | None = None
    workflow_run_url: str | None = None

    def __post_init__(self) -> None:
        for name, shape in _SHAPES.items():
            value = getattr(self, name)
            if value is not None and not has_shape(value, shape):
                raise ValueError(f"{name} is not of shape {shape}")


def read_build_facts(given: str) -> BuildFacts:
    """The facts in a JSON or YAML file. Raises InputRefused (`path:line: what is wrong`) or CannotTell."""
    from packaging_readiness.contract.source import read_mapping, typed

    path = Path(given)
    return typed(BuildFacts, read_mapping(path, given), path, given)
