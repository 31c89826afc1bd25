"""What an image registry can tell against the platform, each with its reason code.

These say "the platform breaks the contract". What could not be found out (no network, no credentials, a registry
that answers nonsense) is `CannotTell` from `packaging_readiness.contract.errors` and never one of these.
"""

from __future__ import annotations

from typing import ClassVar

from packaging_readiness.contract.errors import ReadinessError


class RegistryFinding(ReadinessError):
    """The registry was asked and its answer breaks the contract; `reason` is a stable code."""

    reason: ClassVar[str] = "registry-finding"


class RepositoryNotFound(RegistryFinding):
    reason = "repository-not-found"


class RepositoryMismatch(RegistryFinding):
    """The repository found is not the one that the contract's URI names."""

    reason = "repository-mismatch"


class TagNotFound(RegistryFinding):
    reason = "tag-not-found"


class TagMoved(RegistryFinding):
    """One tag stood for two digests within one run."""

    reason = "tag-moved"


class DigestMalformed(RegistryFinding):
    """The registry's own claim is not `sha256:` and 64 lower-case hexadecimal digits."""

    reason = "digest-malformed"


class DigestMismatch(RegistryFinding):
    """The claimed digest is not the sha256 of the manifest bytes."""

    reason = "digest-mismatch"


class ManifestMalformed(RegistryFinding):
    reason = "manifest-malformed"


class MediaTypeUnknown(RegistryFinding):
    reason = "media-type-unknown"


class MediaTypeMismatch(RegistryFinding):
    """The registry and the manifest name different media types."""

    reason = "media-type-mismatch"


class PlatformNotFound(RegistryFinding):
    """The index lists no manifest for the platform, or the one it lists is not in the registry."""

    reason = "platform-not-found"


class PlatformAmbiguous(RegistryFinding):
    """The index lists several manifests for the platform."""

    reason = "platform-ambiguous"


class RoleNotFound(RegistryFinding):
    reason = "role-not-found"
