"""The tag in the registry: resolved at the start of a run, and once more at its end."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.check import CheckFailed
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.registry.errors import RegistryFinding
from packaging_readiness.registry.model import Manifest, RepositoryRef, Resolution, parse_repo_uri
from packaging_readiness.registry.port import Authority, ImageRegistry


def repository(platform: Platform) -> RepositoryRef:
    """The repository that the registry handle names. Fails the check when the handle is open or not the contract's.

    Raises InputRefused for what is no address of a repository.
    """
    uri, place = platform.handle("ECR_REPO_URI"), platform.handle_place("ECR_REPO_URI")
    if uri is None:
        raise CheckFailed("repository-unresolved", f"{place}: ECR_REPO_URI is not pinned")
    named, pinned = parse_repo_uri(uri, place=place), platform.contract.handles.get("ECR_REPO_URI")
    if uri != pinned:
        raise CheckFailed("repository-differs", f"{place}: ECR_REPO_URI is {uri!r}, the contract pins {pinned!r}")
    return named


def image_tag(platform: Platform) -> str:
    """The immutable tag of the commit under test, by the registry's pattern. Fails the check when it cannot be made."""
    pattern = platform.handle("IMAGE_TAG_GIT_SHA_PATTERN")
    if pattern is None or "{git_sha}" not in pattern:
        place = platform.handle_place("IMAGE_TAG_GIT_SHA_PATTERN")
        raise CheckFailed("tag-pattern-unusable", f"{place}: IMAGE_TAG_GIT_SHA_PATTERN carries no {{git_sha}}")
    return pattern.replace("{git_sha}", platform.git.sha)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the tag stood for in one repository at one moment, and whose word that is."""

    authority: Authority
    repository: RepositoryRef
    resolution: Resolution

    def require_image(self, digest: str, reason: str) -> None:
        """Fail the check unless the tag stands for the image with this digest, alone or as its platform's entry."""
        resolution = self.resolution
        if digest not in (resolution.recomputed_digest, resolution.platform_digest):
            named = resolution.platform_digest or resolution.recomputed_digest
            raise CheckFailed(reason, f"{resolution.tag}: the registry has {named}, the image is {digest}")


def resolution_facts(resolved: Resolved) -> dict[str, Any]:
    """What evidence says of a resolution. A value that nobody gave (no index, no real push) is left out."""
    resolution = resolved.resolution
    facts = {
        "authority": resolved.authority,
        "image_tag": resolution.tag,
        "registry_digest": resolution.claimed_digest,
        "recomputed_digest": resolution.recomputed_digest,
        "platform_digest": resolution.platform_digest,
        "manifest_media_type": resolution.media_type,
        "manifest_bytes": resolution.size,
        "tag_mutability": resolution.tag_mutability,
        "pushed_at_utc": resolution.pushed_at,
        "ecr_repo_uri": resolved.repository.uri,
    }
    return {name: value for name, value in facts.items() if value is not None}


class TagResolver:
    """Resolves the immutable tag. In embedded mode the registry holds exactly the manifest that the engine exported."""

    def __init__(self, settings: Settings, platform: Platform, image: PackagedImage) -> None:
        self._settings = settings
        self._platform = platform
        self._image = image

    def resolve(self) -> Resolved:
        """What the tag stands for now. Fails the check with the registry's reason code; raises CannotTell."""
        tag, repo = image_tag(self._platform), repository(self._platform)
        try:
            with self._registry(repo, tag) as registry:
                return Resolved(registry.authority, repo, registry.resolve(repo, tag))
        except RegistryFinding as finding:
            raise CheckFailed(finding.reason, *str(finding).splitlines()) from None

    def _registry(self, repo: RepositoryRef, tag: str) -> AbstractContextManager[ImageRegistry]:
        if self._settings.aws == "real":
            from packaging_readiness.registry.ecr import ecr_registry

            return ecr_registry(repo)
        try:
            from packaging_readiness.registry.embedded import embedded_registry
        except ImportError:
            raise CannotTell("--aws embedded", "moto is not installed", "pip install moto") from None
        facts = self._image.facts
        return embedded_registry(repo, Manifest(facts.manifest, facts.media_type), tag)
