"""A registry that lies on the wire: nothing of it is believed, and the truth is told again when it tells the truth."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.registry import ecr, errors
from packaging_readiness.registry.ecr import ecr_registry
from packaging_readiness.registry.model import parse_repo_uri
from packaging_readiness.registry.port import ImageRegistry
from packaging_readiness.registry.resolve import digest_of
from packaging_readiness.registry.strict import StrictEcr
from selftests.ecr_server import Lie, Wire, ecr_server
from selftests.evidence_recipes import made_up_credentials

REPO = parse_repo_uri("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full")
OCI = "application/vnd.oci.image.manifest.v1+json"
MANIFEST = '{"schemaVersion":2,"layers":[]}'
OTHER = '{"schemaVersion":2,"layers":[],"annotations":{"a":"b"}}'
PAGE = b"<html><body>Please sign in to the network.</body></html>"
REPOSITORIES, DETAILS, IMAGE = "DescribeRepositories", "DescribeImages", "BatchGetImage"


def other_body(answer: dict[str, Any]) -> None:
    """Another manifest under the digest of the right one."""
    answer["images"][0]["imageManifest"] = OTHER


def other_digest(answer: dict[str, Any]) -> None:
    """The right tag, with the digest of another image."""
    answer["imageDetails"][0]["imageDigest"] = digest_of(OTHER.encode())


def moved(answer: dict[str, Any]) -> None:
    """Between two questions the tag has come to stand for another image, which is there and whole."""
    answer["images"][0]["imageManifest"] = OTHER
    answer["images"][0]["imageId"]["imageDigest"] = digest_of(OTHER.encode())


LIES: dict[str, tuple[Lie, type[ReadinessError]]] = {
    "other-body-under-a-digest": (Lie(IMAGE, other_body), errors.DigestMismatch),
    "other-digest-of-a-tag": (Lie(DETAILS, other_digest), errors.TagMoved),
    "tag-moves-between-two-questions": (Lie(IMAGE, moved), errors.TagMoved),
    "cut-short": (Lie(IMAGE, cut=20), CannotTell),
    "too-late": (Lie(DETAILS, delay_s=1), CannotTell),
    "500": (Lie(DETAILS, body=b'{"__type":"ServerException"}', status=500), CannotTell),
    "503-page": (Lie(IMAGE, body=PAGE, status=503), CannotTell),
    "403-page": (Lie(REPOSITORIES, body=PAGE, status=403), CannotTell),
    **{f"page-{name}": (Lie(name, body=PAGE), CannotTell) for name in (REPOSITORIES, DETAILS, IMAGE)},
    **{f"nothing-{name}": (Lie(name, body=b""), CannotTell) for name in (DETAILS, IMAGE)},
    **{f"number-{name}": (Lie(name, body=b"1"), CannotTell) for name in (REPOSITORIES, DETAILS, IMAGE)},
    "list-of-numbers": (Lie(DETAILS, body=b'{"imageDetails":[1]}'), CannotTell),
    "text-for-a-list": (Lie(IMAGE, body=b'{"images":"none"}'), CannotTell),
    "list-for-a-text": (Lie(DETAILS, body=b'{"imageDetails":[{"imageDigest":["x"]}]}'), CannotTell),
    "no-utf-8": (Lie(IMAGE, body=b'{"images":"\xff"}'), CannotTell),
    "half-of-the-json": (Lie(IMAGE, body=json.dumps({"images": []})[:-2].encode()), CannotTell),
}


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """A registry whose tag `git-1` names MANIFEST."""
    account = StrictEcr(REPO.registry_id, REPO.region)
    account.create_repository(repositoryName=REPO.name, imageTagMutability="IMMUTABLE")
    account.put_image(repositoryName=REPO.name, imageManifest=MANIFEST, imageManifestMediaType=OCI, imageTag="git-1")
    with ecr_server(account) as running:
        yield running


@pytest.fixture(scope="module")
def registry(wire: Wire) -> Iterator[ImageRegistry]:
    """The same registry as the suite asks it: by the SDK, over HTTP, but without its patience."""
    with pytest.MonkeyPatch.context() as patch:
        made_up_credentials(patch)
        patch.setenv("AWS_ENDPOINT_URL_ECR", wire.url)
        patch.setattr(ecr, "_ATTEMPTS", 1)
        patch.setattr(ecr, "_READ_TIMEOUT", 0.5)
        with ecr_registry(REPO) as opened:
            yield opened


@pytest.mark.parametrize("name", LIES)
def test_lie_is_told_and_never_believed(name: str, wire: Wire, registry: ImageRegistry) -> None:
    wire.lie, error = LIES[name]
    with pytest.raises(ReadinessError) as caught:
        registry.resolve(REPO, "git-1")
    assert type(caught.value) is error, caught.value
    assert REPO.uri in caught.value.place
    assert caught.value.cause
    assert caught.value.cure or error is not CannotTell
    assert "sign in to the network" not in str(caught.value)
    wire.lie = None
    assert registry.resolve(REPO, "git-1").recomputed_digest == digest_of(MANIFEST.encode())


def test_what_the_registry_truly_says_comes_through_the_same_wire(wire: Wire, registry: ImageRegistry) -> None:
    wire.lie = None
    with pytest.raises(errors.TagNotFound):
        registry.resolve(REPO, "git-2")
