"""A registry that misbehaves: what stands in the embedded one is changed between the push and the question."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from packaging_readiness.registry import embedded
from packaging_readiness.registry.ecr import EcrRegistry
from packaging_readiness.registry.model import Manifest, RepositoryRef
from packaging_readiness.registry.port import ImageRegistry
from packaging_readiness.registry.resolve import digest_of


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was pushed, and the client of the registry that has it."""

    client: Any
    repo: RepositoryRef
    manifest: Manifest
    tag: str

    @property
    def place(self) -> dict[str, str]:
        """The repository as every call names it."""
        return {"registryId": self.repo.registry_id, "repositoryName": self.repo.name}

    def delete(self) -> None:
        """Take the image out."""
        self.client.batch_delete_image(**self.place, imageIds=[{"imageTag": self.tag}])

    def put(self, data: bytes, media_type: str = "", digest: str = "") -> None:
        """Push other bytes under the tag, and under a digest that may be a lie."""
        self.client.put_image(
            **self.place,
            imageManifest=data.decode(),
            imageManifestMediaType=media_type or self.manifest.media_type,
            imageTag=self.tag,
            imageDigest=digest or digest_of(data),
        )


def _other(pushed: Pushed) -> None:
    pushed.delete()
    pushed.put(pushed.manifest.bytes + b"\n")


def _lies(pushed: Pushed) -> None:
    pushed.delete()
    pushed.put(pushed.manifest.bytes + b"\n", digest=digest_of(pushed.manifest.bytes))


def _upper(pushed: Pushed) -> None:
    pushed.delete()
    pushed.put(pushed.manifest.bytes, digest="sha256:" + digest_of(pushed.manifest.bytes)[7:].upper())


def _no_manifest(pushed: Pushed) -> None:
    pushed.delete()
    pushed.put(b'{"schemaVersion":2}')


def _mutable(pushed: Pushed) -> None:
    pushed.client.put_image_tag_mutability(**pushed.place, imageTagMutability="MUTABLE")


def _no_repository(pushed: Pushed) -> None:
    pushed.client.delete_repository(**pushed.place, force=True)


# What happens, and whether it happens before every question or only before the one at the end of the run.
MISBEHAVIOURS: Mapping[str, tuple[Callable[[Pushed], None], bool]] = {
    "tag-of-another-image": (_other, False),
    "tag-moved-after-build": (_other, True),
    "tag-deleted": (Pushed.delete, False),
    "tag-deleted-during-the-run": (Pushed.delete, True),
    "made-mutable-during-the-run": (_mutable, True),
    "repository-deleted": (_no_repository, False),
    "digest-that-lies": (_lies, False),
    "digest-in-capitals": (_upper, False),
    "no-manifest": (_no_manifest, False),
}


def misbehave(name: str) -> None:
    """Make the embedded registry of this process misbehave, for as long as the process lives."""
    change, at_the_end = MISBEHAVIOURS[name]
    real, asked = embedded.embedded_registry, 0

    @contextmanager
    def registry(repo: RepositoryRef, manifest: Manifest, tag: str) -> Iterator[ImageRegistry]:
        nonlocal asked
        asked += 1
        with real(repo, manifest, tag) as answering:
            if not at_the_end or asked > 1:
                assert isinstance(answering, EcrRegistry)
                change(Pushed(answering.client, repo, manifest, tag))
            yield answering

    embedded.embedded_registry = registry
