"""Provenance facts, each from where it is true: git, engine, registry handles, CI. Nothing is defaulted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from packaging_readiness import __version__
from packaging_readiness.contract.tables import ProvenanceField
from packaging_readiness.plugin.check import CheckFailed
from packaging_readiness.plugin.ci import ci_facts
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.resolution import image_tag
from packaging_readiness.plugin.settings import Settings


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """What is known of the build of one image, and who says so; None where the source does not say.

    `git_sha` and `image_digest` are what a build-facts file claims to be about.
    """

    source: Literal["suite", "build-facts", "ci-environment", "image"]
    driver: str | None
    actor: str | None
    completed_at_utc: str | None
    git_sha: str | None = None
    image_digest: str | None = None
    workflow_path: str | None = None
    workflow_run_id: str | None = None
    workflow_run_url: str | None = None


def build_record(settings: Settings, image: PackagedImage) -> BuildRecord:
    """The record of the build: the suite's own, else the build-facts file, else the CI job that this run is part of.

    Outside of all three only the image speaks, and it knows no more than its time.
    """
    created = image.facts.created
    if image.built_by_suite:
        actor = f"packaging-readiness {__version__} with {image.engine.name} {image.engine.version}"
        return BuildRecord("suite", "local_engine", actor, created)
    facts = settings.build_facts
    if facts is not None:
        return BuildRecord(
            "build-facts",
            facts.build_driver,
            facts.build_actor,
            facts.build_completed_at_utc,
            facts.git_sha,
            facts.image_digest,
            facts.workflow_path,
            facts.workflow_run_id,
            facts.workflow_run_url,
        )
    ci = ci_facts()
    if ci is None:
        return BuildRecord("image", None, None, created)
    return BuildRecord(
        "ci-environment",
        ci.driver,
        ci.actor,
        created,
        workflow_path=ci.workflow_path,
        workflow_run_id=ci.run_id,
        workflow_run_url=ci.run_url,
    )


def provenance_fact(field: str, settings: Settings, platform: Platform, image: PackagedImage) -> str | None:
    """The value of one provenance field, or None where nobody knows it."""
    built = build_record(settings, image)
    facts: dict[str, Callable[[], str | None]] = {
        "phase_id": lambda: settings.contract.phase_id,
        "platform_run_id": lambda: settings.platform_run_id,
        "written_at_utc": lambda: settings.written_at_utc,
        "image_tag": lambda: image_tag(platform),
        "image_digest": lambda: image.digest,
        "git_sha": lambda: platform.git.sha,
        "build_driver": lambda: built.driver,
        "image_reference_mode": lambda: platform.handle("IMAGE_REFERENCE_MODE"),
        "ecr_repo_uri": lambda: platform.handle("ECR_REPO_URI"),
        "dockerfile_path": lambda: settings.contract.image.dockerfile,
        "build_context_path": lambda: settings.contract.image.context,
        "build_completed_at_utc": lambda: built.completed_at_utc,
        "build_actor": lambda: built.actor,
        "oci_digest_algo": lambda: image.digest.partition(":")[0],
        "oci_digest_value": lambda: image.digest,
    }
    if field not in facts:
        raise CheckFailed("field-unknown", f"{field}: no source of this fact is known")
    return facts[field]()


def digests_of(references: tuple[str, ...]) -> frozenset[str]:
    """The digests in digest references such as `repository@sha256:...`."""
    return frozenset(reference.partition("@")[2] for reference in references if "@" in reference)


def aligned_handle(field: ProvenanceField, platform: Platform) -> tuple[str | None, str]:
    """The registry handle's value that the field is aligned to, and its place; None when the field has no handle."""
    if field.handle is None:
        return None, ""
    return platform.handle(field.handle), platform.handle_place(field.handle)
