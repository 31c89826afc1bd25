"""Values of the image registry: which repository, which manifest, what a tag resolved to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.contract.errors import InputRefused

# Account, region and name as AWS documents them for private repositories (ECR API reference, RepositoryName).
_NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_URI = re.compile(
    r"(?P<registry_id>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})"
    rf"\.(?P<suffix>amazonaws\.com(?:\.cn)?)/(?P<name>{_NAME}(?:/{_NAME})*)"
)
_NAME_LENGTH = range(2, 257)


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """A private ECR repository: twelve-digit account, region code, repository name (without tag or digest)."""

    registry_id: str
    region: str
    name: str

    @property
    def uri(self) -> str:
        """What `docker pull` takes before `:tag` or `@digest`; equals ECR's `repositoryUri`."""
        return f"{self.registry_id}.dkr.ecr.{self.region}.{_suffix(self.region)}/{self.name}"

    @property
    def arn(self) -> str:
        return f"arn:{_partition(self.region)}:ecr:{self.region}:{self.registry_id}:repository/{self.name}"


@dataclass(frozen=True, slots=True)
class Repository:
    """What the registry says of a repository. `tag_mutability` is ECR's word, for example `IMMUTABLE`."""

    ref: RepositoryRef
    tag_mutability: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The exact bytes of an image manifest, whose sha256 is the image digest, and their media type."""

    bytes: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one tag stood for at one moment.

    `claimed_digest` is the registry's word, `recomputed_digest` the sha256 of the manifest bytes it handed out;
    a registry that contradicts itself raises instead, so that the two agree here. `size` is the number of
    manifest bytes. `pushed_at` is UTC, `YYYY-MM-DDTHH:MM:SSZ`, None where nothing was really pushed.
    `platform_digest` is the digest of the platform's own manifest when the tag names an index, else None.
    """

    tag: str
    claimed_digest: str
    recomputed_digest: str
    media_type: str
    size: int
    tag_mutability: str
    pushed_at: str | None
    platform_digest: str | None


def parse_repo_uri(text: str, *, place: str = "ECR_REPO_URI") -> RepositoryRef:
    """Read `{account}.dkr.ecr.{region}.amazonaws.com/{name}`; nothing before, between or after is tolerated.

    Raises InputRefused for anything else, a URI with scheme, tag or digest included.
    """
    match = _URI.fullmatch(text)
    if match is None or len(match["name"]) not in _NAME_LENGTH or match["suffix"] != _suffix(match["region"]):
        raise InputRefused(
            place,
            f"{text[:300]!r} is not the URI of an ECR repository",
            "write {12-digit account}.dkr.ecr.{region}.amazonaws.com/{name}, without scheme, tag or digest",
        )
    return RepositoryRef(match["registry_id"], match["region"], match["name"])


def _suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
