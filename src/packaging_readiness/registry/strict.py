"""A strict in-memory ECR: the documented behaviour and error names, spoken through boto3's method signatures.

It stands beside moto, which is laxer than the service in ways that matter here; the same contract tests run against
both. Source: the ECR API reference (PutImage, BatchGetImage, DescribeImages, BatchDeleteImage).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.registry.aws_errors import ServiceError
from packaging_readiness.registry.manifest import ACCEPTED_TYPES, INDEX_TYPES
from packaging_readiness.registry.model import RepositoryRef, parse_repo_uri
from packaging_readiness.registry.resolve import digest_of

_PUSHED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Image:
    manifest: str
    media_type: str
    tags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Repository:
    ref: RepositoryRef
    mutability: str
    images: dict[str, _Image] = field(default_factory=dict)

    def find(self, image_id: Mapping[str, str]) -> str | None:
        """Digest of the image that has all that `image_id` names (digest, tag or both)."""
        digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
        for known, image in self.images.items():
            if (digest is None or digest == known) and (tag is None or tag in image.tags):
                return known
        return None


class StrictEcr:
    """One account's private registry in one region. `layers`: the layer digests that were uploaded.

    With `layers=None` manifests may name layers that nobody uploaded, as when only manifests are of interest.
    """

    def __init__(self, registry_id: str, region: str, layers: frozenset[str] | None = None) -> None:
        self.registry_id = registry_id
        self.region = region
        self.layers = layers
        self._repositories: dict[str, _Repository] = {}

    def close(self) -> None:
        """Nothing to release; here because boto3's clients have it."""

    def create_repository(
        self, *, repositoryName: str, registryId: str | None = None, imageTagMutability: str = "MUTABLE"
    ) -> dict[str, Any]:
        self._own(registryId, repositoryName)
        if repositoryName in self._repositories:
            raise ServiceError("RepositoryAlreadyExistsException", repositoryName)
        try:
            ref = parse_repo_uri(RepositoryRef(self.registry_id, self.region, repositoryName).uri)
        except InputRefused:
            raise ServiceError("InvalidParameterException", "repositoryName") from None
        self._repositories[repositoryName] = _Repository(ref, imageTagMutability)
        return {"repository": _described(self._repositories[repositoryName])}

    def put_image_tag_mutability(
        self, *, repositoryName: str, imageTagMutability: str, registryId: str | None = None
    ) -> dict[str, Any]:
        self._repository(registryId, repositoryName).mutability = imageTagMutability
        return {"repositoryName": repositoryName, "imageTagMutability": imageTagMutability}

    def describe_repositories(self, *, repositoryNames: Sequence[str], registryId: str | None = None) -> dict[str, Any]:
        found = [self._repository(registryId, name) for name in repositoryNames]
        return {"repositories": [_described(repository) for repository in found]}

    def put_image(
        self,
        *,
        repositoryName: str,
        imageManifest: str,
        imageTag: str | None = None,
        imageManifestMediaType: str | None = None,
        imageDigest: str | None = None,
        registryId: str | None = None,
    ) -> dict[str, Any]:
        repository = self._repository(registryId, repositoryName)
        document = _document(imageManifest)
        media_type = document.get("mediaType", imageManifestMediaType)
        if media_type not in ACCEPTED_TYPES or media_type != (imageManifestMediaType or media_type):
            raise ServiceError("InvalidParameterException", "imageManifestMediaType")
        digest = digest_of(imageManifest.encode())
        if imageDigest not in (None, digest):
            raise ServiceError("ImageDigestDoesNotMatchException", digest)
        self._check_references(repository, document, str(media_type))
        self._check_tag(repository, digest, imageTag)
        holder = repository.find({"imageTag": imageTag}) if imageTag else None
        if holder and imageTag:
            repository.images[holder].tags.discard(imageTag)
        image = repository.images.setdefault(digest, _Image(imageManifest, str(media_type)))
        image.tags |= {imageTag} if imageTag else set()
        return {"image": self._handed_out(repository, digest, imageTag)}

    def describe_images(
        self, *, repositoryName: str, imageIds: Sequence[Mapping[str, str]], registryId: str | None = None
    ) -> dict[str, Any]:
        repository = self._repository(registryId, repositoryName)
        details = []
        for image_id in imageIds:
            digest = repository.find(image_id)
            if digest is None:
                raise ServiceError("ImageNotFoundException", str(dict(image_id)))
            image = repository.images[digest]
            detail: dict[str, Any] = {
                "registryId": self.registry_id,
                "repositoryName": repositoryName,
                "imageDigest": digest,
                "imagePushedAt": _PUSHED_AT,
                "imageManifestMediaType": image.media_type,
            }
            details.append(detail | ({"imageTags": sorted(image.tags)} if image.tags else {}))
        return {"imageDetails": details}

    def batch_get_image(
        self,
        *,
        repositoryName: str,
        imageIds: Sequence[Mapping[str, str]],
        acceptedMediaTypes: Sequence[str] = ACCEPTED_TYPES,
        registryId: str | None = None,
    ) -> dict[str, Any]:
        repository = self._repository(registryId, repositoryName)
        images, failures = [], []
        for image_id in imageIds:
            digest = repository.find(image_id)
            if digest is None or repository.images[digest].media_type not in acceptedMediaTypes:
                failures.append({"imageId": dict(image_id), "failureCode": "ImageNotFound"})
            else:
                images.append(self._handed_out(repository, digest, image_id.get("imageTag")))
        return {"images": images, "failures": failures}

    def batch_delete_image(
        self, *, repositoryName: str, imageIds: Sequence[Mapping[str, str]], registryId: str | None = None
    ) -> dict[str, Any]:
        repository = self._repository(registryId, repositoryName)
        gone, failures = [], []
        for image_id in imageIds:
            digest = repository.find(image_id)
            if digest is None:
                failures.append({"imageId": dict(image_id), "failureCode": "ImageNotFound"})
                continue
            tags = repository.images[digest].tags
            tags.discard(image_id.get("imageTag", ""))
            # The last tag takes the image with it; so does a deletion by digest, with whatever tags are left.
            if not tags or "imageTag" not in image_id:
                del repository.images[digest]
            gone.append({"imageDigest": digest, **image_id})
        return {"imageIds": gone, "failures": failures}

    def _own(self, registry_id: str | None, name: str) -> None:
        if registry_id not in (None, self.registry_id):
            raise ServiceError("RepositoryNotFoundException", f"{name} in {registry_id}")

    def _repository(self, registry_id: str | None, name: str) -> _Repository:
        self._own(registry_id, name)
        if name not in self._repositories:
            raise ServiceError("RepositoryNotFoundException", name)
        return self._repositories[name]

    def _check_references(self, repository: _Repository, document: dict[str, Any], media_type: str) -> None:
        if media_type in INDEX_TYPES:
            if not _digests(document, "manifests") <= repository.images.keys():
                raise ServiceError("ReferencedImagesNotFoundException", "manifests")
        elif self.layers is not None and not _digests(document, "layers") <= self.layers:
            raise ServiceError("LayersNotFoundException", "layers")

    def _check_tag(self, repository: _Repository, digest: str, tag: str | None) -> None:
        holder = repository.find({"imageTag": tag}) if tag else None
        if holder == digest or (tag is None and digest in repository.images):
            raise ServiceError("ImageAlreadyExistsException", digest)
        if holder and repository.mutability == "IMMUTABLE":
            raise ServiceError("ImageTagAlreadyExistsException", str(tag))

    def _handed_out(self, repository: _Repository, digest: str, tag: str | None) -> dict[str, Any]:
        return {
            "registryId": self.registry_id,
            "repositoryName": repository.ref.name,
            "imageId": {"imageDigest": digest} | ({"imageTag": tag} if tag else {}),
            "imageManifest": repository.images[digest].manifest,
            "imageManifestMediaType": repository.images[digest].media_type,
        }


def _described(repository: _Repository) -> dict[str, Any]:
    return {
        "registryId": repository.ref.registry_id,
        "repositoryName": repository.ref.name,
        "repositoryArn": repository.ref.arn,
        "repositoryUri": repository.ref.uri,
        "imageTagMutability": repository.mutability,
    }


def _document(manifest: str) -> dict[str, Any]:
    try:
        document = json.loads(manifest)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ServiceError("InvalidParameterException", "imageManifest")
    return document


def _digests(document: Mapping[str, Any], key: str) -> set[str]:
    try:
        return {str(entry["digest"]) for entry in document[key]}
    except (KeyError, TypeError):
        raise ServiceError("InvalidParameterException", "imageManifest") from None
