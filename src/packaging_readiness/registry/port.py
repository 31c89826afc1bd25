"""The port: all that the rest of the suite may ask of an image registry."""

from __future__ import annotations

from typing import Literal, Protocol

from packaging_readiness.registry.model import Repository, RepositoryRef, Resolution

Authority = Literal["ecr", "embedded"]
"""Whose word a digest is: the real service, or a registry inside this process."""


class ImageRegistry(Protocol):
    """Implemented by `ecr.EcrRegistry` over real ECR, over moto and over the strict in-memory registry.

    Both methods raise `errors.RegistryFinding` where the platform breaks the contract, `CannotTell` where the
    registry could not be asked or did not answer sensibly, `InputRefused` where the question itself is wrong.
    """

    @property
    def authority(self) -> Authority: ...

    def describe(self, repo: RepositoryRef) -> Repository: ...

    def resolve(self, repo: RepositoryRef, tag: str) -> Resolution: ...
