"""Provenance facts, each from where it is true: git, engine, registry handles, CI. Nothing is defaulted."""

from collections.abc import Callable

from packaging_readiness import __version__
from packaging_readiness.contract.model import ProvenanceField
from packaging_readiness.plugin.check import CheckFailed
from packaging_readiness.plugin.ci import CiFacts, ci_facts
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.resolution import image_tag
from packaging_readiness.plugin.settings import Settings


def provenance_fact(field: str, settings: Settings, platform: Platform, image: PackagedImage) -> str | None:
    """The value of one provenance field, or None where nobody knows it."""
    ci = None if image.built_by_suite else ci_facts()
    facts: dict[str, Callable[[], str | None]] = {
        "phase_id": lambda: settings.contract.phase_id,
        "platform_run_id": lambda: settings.platform_run_id,
        "written_at_utc": lambda: settings.written_at_utc,
        "image_tag": lambda: image_tag(platform),
        "image_digest": lambda: image.facts.digest,
        "git_sha": lambda: platform.git.sha,
        "build_driver": lambda: _driver(image, ci),
        "image_reference_mode": lambda: platform.handle("IMAGE_REFERENCE_MODE"),
        "ecr_repo_uri": lambda: platform.handle("ECR_REPO_URI"),
        "dockerfile_path": lambda: settings.contract.image.dockerfile,
        "build_context_path": lambda: settings.contract.image.context,
        "build_completed_at_utc": lambda: image.facts.created,
        "build_actor": lambda: _actor(image, ci),
        "oci_digest_algo": lambda: image.facts.digest.partition(":")[0],
        "oci_digest_value": lambda: image.facts.digest,
    }
    if field not in facts:
        raise CheckFailed("field-unknown", f"{field}: no source of this fact is known")
    return facts[field]()


def aligned_handle(field: ProvenanceField, platform: Platform) -> tuple[str | None, str]:
    """The registry handle's value that the field is aligned to, and its place; None when the field has no handle."""
    if field.handle is None:
        return None, ""
    return platform.handle(field.handle), platform.handle_place(field.handle)


def _driver(image: PackagedImage, ci: CiFacts | None) -> str | None:
    if image.built_by_suite:
        return "local_engine"
    return ci.driver if ci else None


def _actor(image: PackagedImage, ci: CiFacts | None) -> str | None:
    if image.built_by_suite:
        return f"packaging-readiness {__version__} with {image.engine.name} {image.engine.version}"
    return ci.actor if ci else None
