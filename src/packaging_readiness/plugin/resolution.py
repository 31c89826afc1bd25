"""The tag in the registry: resolved once per run, and once more at the end of the checks that rely on it."""

from contextlib import AbstractContextManager

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.plugin.check import CheckFailed
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.registry.errors import RegistryFinding
from packaging_readiness.registry.model import Manifest, RepositoryRef, Resolution, parse_repo_uri
from packaging_readiness.registry.port import ImageRegistry


def repository(platform: Platform) -> RepositoryRef:
    """The repository that the registry handle names. Fails the check when the handle is open or malformed."""
    uri = platform.handle("ECR_REPO_URI")
    if uri is None:
        raise CheckFailed(
            "repository-unresolved", f"{platform.handle_place('ECR_REPO_URI')}: ECR_REPO_URI is not pinned"
        )
    return parse_repo_uri(uri, place=platform.handle_place("ECR_REPO_URI"))


def image_tag(platform: Platform) -> str:
    """The immutable tag of the commit under test, by the registry's pattern. Fails the check when it cannot be made."""
    pattern = platform.handle("IMAGE_TAG_GIT_SHA_PATTERN")
    if pattern is None or "{git_sha}" not in pattern:
        place = platform.handle_place("IMAGE_TAG_GIT_SHA_PATTERN")
        raise CheckFailed("tag-pattern-unusable", f"{place}: IMAGE_TAG_GIT_SHA_PATTERN carries no {{git_sha}}")
    return pattern.replace("{git_sha}", platform.git.sha)


class TagResolver:
    """Resolves the immutable tag. In embedded mode the registry holds exactly the manifest that the engine exported."""

    def __init__(self, settings: Settings, platform: Platform, image: PackagedImage) -> None:
        self._settings = settings
        self._platform = platform
        self._image = image

    def resolve(self) -> tuple[str, Resolution]:
        """Authority and resolution. Fails the check with the registry's reason code; raises CannotTell."""
        tag = image_tag(self._platform)
        try:
            with self._registry(tag) as registry:
                first = registry.resolve(repository(self._platform), tag)
                again = registry.resolve(repository(self._platform), tag)
                if again.recomputed_digest != first.recomputed_digest:
                    raise CheckFailed(
                        "tag-moved", f"{tag}: was {first.recomputed_digest}, is {again.recomputed_digest}"
                    )
                return registry.authority, first
        except RegistryFinding as finding:
            raise CheckFailed(finding.reason, *str(finding).splitlines()) from None

    def _registry(self, tag: str) -> AbstractContextManager[ImageRegistry]:
        repo = repository(self._platform)
        if self._settings.aws == "real":
            from packaging_readiness.registry.ecr import ecr_registry

            return ecr_registry(repo)
        try:
            from packaging_readiness.registry.embedded import embedded_registry
        except ImportError:
            raise CannotTell("--aws embedded", "moto is not installed", "pip install moto") from None
        facts = self._image.facts
        return embedded_registry(repo, Manifest(facts.manifest, facts.media_type), tag)
