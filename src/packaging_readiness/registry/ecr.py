"""The image registry port over ECR's API: `describe_repositories`, `describe_images`, `batch_get_image`.

One implementation serves real ECR, moto and the strict in-memory registry: they differ in the client only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.registry.aws_errors import translated
from packaging_readiness.registry.errors import (
    DigestMalformed,
    DigestMismatch,
    MediaTypeMismatch,
    PlatformNotFound,
    RegistryFinding,
    RepositoryMismatch,
    RepositoryNotFound,
    TagMoved,
    TagNotFound,
)
from packaging_readiness.registry.manifest import (
    ACCEPTED_TYPES,
    DEFAULT_PLATFORM,
    INDEX_TYPES,
    choose_platform,
    read_manifest,
)
from packaging_readiness.registry.model import Manifest, Repository, RepositoryRef, Resolution
from packaging_readiness.registry.port import Authority, ImageRegistry
from packaging_readiness.registry.resolve import TAG_GRAMMAR, check_digest, digest_of

# Seconds, and attempts in all: an unreachable registry is told within about half a minute.
_CONNECT_TIMEOUT = 5
_READ_TIMEOUT = 20
_ATTEMPTS = 3
_ODD = "run again; if it persists, see whether something on the way (a proxy, a sign-in page) answers in its place"


class EcrClient(Protocol):
    """The part of boto3's ECR client that the port needs; keyword arguments and answers as boto3 has them."""

    def describe_repositories(self, *args: Any, **parameters: Any) -> Mapping[str, Any]: ...

    def describe_images(self, *args: Any, **parameters: Any) -> Mapping[str, Any]: ...

    def batch_get_image(self, *args: Any, **parameters: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class EcrRegistry:
    """`port.ImageRegistry` over an ECR client bound to `region`. `platform` chooses within an index."""

    client: EcrClient
    region: str
    authority: Authority
    platform: str = DEFAULT_PLATFORM

    def describe(self, repo: RepositoryRef) -> Repository:
        """Find the repository; raises RepositoryNotFound, RepositoryMismatch, CannotTell."""
        if repo.region != self.region:
            raise InputRefused(repo.uri, f"this registry is in {self.region}, the repository in {repo.region}")
        with translated("ecr:DescribeRepositories", repo.uri):
            answer = self.client.describe_repositories(registryId=repo.registry_id, repositoryNames=[repo.name])
        if answer.get("repositories") == []:
            raise RepositoryNotFound(repo.uri, "the registry has no such repository")
        found = _only(answer.get("repositories"), repo.uri)
        if found.get("repositoryUri") != repo.uri:
            raise RepositoryMismatch(repo.uri, f"the registry calls it {str(found.get('repositoryUri'))[:300]!r}")
        return Repository(repo, _text(found, "imageTagMutability", repo.uri))

    def resolve(self, repo: RepositoryRef, tag: str) -> Resolution:
        """Resolve `tag` and recompute its digest from the manifest's bytes.

        Raises a RegistryFinding with the reason code of whatever does not hold, CannotTell, InputRefused.
        """
        place = f"{repo.uri}:{tag[:128]}"
        if not TAG_GRAMMAR.fullmatch(tag):
            raise InputRefused(place, "not an image tag")
        mutability = self.describe(repo).tag_mutability
        with translated("ecr:DescribeImages", place):
            answer = self.client.describe_images(
                registryId=repo.registry_id, repositoryName=repo.name, imageIds=[{"imageTag": tag}]
            )
        detail = _only(answer.get("imageDetails"), place)
        claimed = _text(detail, "imageDigest", place)
        manifest = self._fetch(repo, {"imageTag": tag}, claimed, place, TagNotFound)
        if detail.get("imageManifestMediaType", manifest.media_type) != manifest.media_type:
            raise MediaTypeMismatch(place, "the registry gave two media types for one image")
        document = read_manifest(manifest, place)
        platform_digest = None
        if manifest.media_type in INDEX_TYPES:
            platform_digest = self._platform_digest(repo, document, place)
        return Resolution(
            tag=tag,
            claimed_digest=claimed,
            recomputed_digest=digest_of(manifest.bytes),
            media_type=manifest.media_type,
            size=len(manifest.bytes),
            tag_mutability=mutability,
            pushed_at=_utc(detail.get("imagePushedAt")) if self.authority == "ecr" else None,
            platform_digest=platform_digest,
        )

    def _platform_digest(self, repo: RepositoryRef, index: Mapping[str, object], place: str) -> str:
        named = choose_platform(index, self.platform, place)
        place = f"{repo.uri}@{named.digest}"
        manifest = self._fetch(repo, {"imageDigest": named.digest}, named.digest, place, PlatformNotFound)
        if manifest.media_type != named.media_type:
            raise MediaTypeMismatch(place, f"the index says {named.media_type}, the registry {manifest.media_type}")
        if len(manifest.bytes) != named.size:
            raise DigestMismatch(place, f"{len(manifest.bytes)} bytes, the index says {named.size}")
        read_manifest(manifest, place)
        return named.digest

    def _fetch(
        self,
        repo: RepositoryRef,
        image_id: dict[str, str],
        claimed: str,
        place: str,
        absent: type[RegistryFinding],
    ) -> Manifest:
        """Get the manifest that `image_id` names and hold its bytes against `claimed`."""
        fault = check_digest(claimed)
        if fault:
            raise DigestMalformed(place, f"the registry claims digest {claimed[:140]!r} ({fault})")
        with translated("ecr:BatchGetImage", place):
            answer = self.client.batch_get_image(
                registryId=repo.registry_id,
                repositoryName=repo.name,
                imageIds=[image_id],
                acceptedMediaTypes=list(ACCEPTED_TYPES),
            )
        for failure in answer.get("failures") or ():
            code = str(failure.get("failureCode"))[:80]
            if code == "ImageNotFound":
                raise absent(place, "the registry has no such image", "push it before it is checked")
            raise CannotTell(place, f"the registry could not hand out the manifest ({code})")
        # Asked by digest, ECR answers once per tag of the image.
        images = {_image(entry, place) for entry in answer.get("images") or ()}
        if len(images) != 1:
            raise CannotTell(place, f"the registry answered with {len(images)} manifests where one was asked for", _ODD)
        digest, manifest = images.pop()
        if digest != claimed:
            raise TagMoved(place, f"it stood for {claimed}, and a moment later for {digest[:140]}")
        recomputed = digest_of(manifest.bytes)
        if recomputed != claimed:
            raise DigestMismatch(place, f"the registry claims {claimed}, its manifest bytes give {recomputed}")
        return manifest


@contextmanager
def ecr_registry(repo: RepositoryRef) -> Iterator[ImageRegistry]:
    """Real ECR in the region of `repo`, with the caller's own AWS credentials. Raises CannotTell."""
    with translated("ecr", repo.uri):
        client = real_client("ecr", repo.region)
    try:
        yield EcrRegistry(client, repo.region, "ecr")
    finally:
        client.close()


def real_client(service: str, region: str) -> Any:
    """A boto3 client with bounded timeouts; raises what boto3 raises, so call it inside `translated`."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_TIMEOUT,
        read_timeout=_READ_TIMEOUT,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    return boto3.session.Session().client(service, region_name=region, config=config)


def _only(items: object, place: str) -> Mapping[str, Any]:
    if not isinstance(items, list) or len(items) != 1:
        count = len(items) if isinstance(items, list) else 0
        raise CannotTell(place, f"the registry answered with {count} items where one was asked for", _ODD)
    item: Mapping[str, Any] = items[0]
    return item


def _text(item: Mapping[str, Any], key: str, place: str) -> str:
    value = item.get(key)
    if not isinstance(value, str):
        raise CannotTell(place, f"the registry's answer has no {key}", _ODD)
    return value


def _image(entry: Mapping[str, Any], place: str) -> tuple[str, Manifest]:
    identity = entry.get("imageId")
    digest = _text(identity if isinstance(identity, Mapping) else {}, "imageDigest", place)
    # A lone surrogate cannot have come from bytes; replacing it makes the digest disagree, as it must.
    data = _text(entry, "imageManifest", place).encode("utf-8", "replace")
    return digest, Manifest(data, _text(entry, "imageManifestMediaType", place))


def _utc(moment: object) -> str | None:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
