"""One contract for every registry inside this process, and the table of what moto does differently.

The first half runs against moto and against the strict registry: the behaviour that ECR documents and both have.
The second half runs each row of DIFFERENCES against both; a row that no longer differs turns red.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest

from packaging_readiness.registry import errors
from packaging_readiness.registry.ecr import EcrRegistry
from packaging_readiness.registry.embedded import moto_client
from packaging_readiness.registry.model import Resolution, parse_repo_uri
from packaging_readiness.registry.resolve import digest_of
from packaging_readiness.registry.strict import StrictEcr

REPO = parse_repo_uri("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full")
HERE: dict[str, Any] = {"registryId": REPO.registry_id, "repositoryName": REPO.name}
OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def manifest(name: str = "one", **more: Any) -> str:
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": digest_of(name.encode())}
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": 2, "digest": digest_of(b"layer")}
    return json.dumps({"schemaVersion": 2, "mediaType": OCI, "config": config, "layers": [layer], **more})


def index(*entries: tuple[str, str]) -> str:
    manifests = [
        {
            "mediaType": OCI,
            "size": len(text.encode()),
            "digest": digest_of(text.encode()),
            "platform": {"os": "linux", "architecture": architecture},
        }
        for text, architecture in entries
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})


def put(ecr: Any, text: str, tag: str | None = "git-1", **more: Any) -> Any:
    """Push as ECR's proxy does, with the right digest unless the caller passes another."""
    where = {**HERE, **({"imageTag": tag} if tag else {}), "imageDigest": digest_of(text.encode()), **more}
    given = {key: value for key, value in where.items() if value is not None}
    return ecr.put_image(imageManifest=text, **given)


MOVED = {"claimed_digest", "recomputed_digest"}


def changed(first: Resolution, again: Resolution) -> set[str]:
    """What differs between two resolutions of one tag: the facts that evidence compares."""
    return {name for name, value in asdict(first).items() if asdict(again)[name] != value}


def outcome(call: Callable[[], Any]) -> str:
    """The service's error name, the bare exception's name, or `ok`."""
    try:
        call()
    except Exception as error:
        response = getattr(error, "response", None)
        return str(response["Error"]["Code"]) if response else type(error).__name__
    return "ok"


def open_strict() -> Any:
    return StrictEcr(REPO.registry_id, REPO.region)


@pytest.fixture(params=["moto", "strict"])
def ecr(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client on an account that holds one empty immutable repository."""
    if request.param == "strict":
        client = open_strict()
        client.create_repository(**HERE, imageTagMutability="IMMUTABLE")
        yield client
        return
    with moto_client(REPO.region) as client:
        client.create_repository(**HERE, imageTagMutability="IMMUTABLE")
        yield client


@pytest.fixture
def registry(ecr: Any) -> EcrRegistry:
    return EcrRegistry(ecr, REPO.region, "embedded")


def test_repository_answers_with_the_contracts_uri_and_its_mutability(registry: EcrRegistry) -> None:
    assert registry.describe(REPO).tag_mutability == "IMMUTABLE"


@pytest.mark.parametrize("change", [("fraud-platform-dev-full", "other"), ("230372904534", "230372904535")])
def test_other_repository_or_account_is_not_found(registry: EcrRegistry, change: tuple[str, str]) -> None:
    elsewhere = parse_repo_uri(REPO.uri.replace(*change))
    with pytest.raises(errors.RepositoryNotFound):
        registry.describe(elsewhere)


def test_tag_resolves_to_the_digest_of_the_bytes(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest())
    found = registry.resolve(REPO, "git-1")
    assert found.claimed_digest == found.recomputed_digest == digest_of(manifest().encode())
    assert (found.tag, found.media_type, found.size) == ("git-1", OCI, len(manifest().encode()))
    assert (found.tag_mutability, found.pushed_at, found.platform_digest) == ("IMMUTABLE", None, None)


def test_bytes_survive_non_ascii_text_and_white_space(ecr: Any, registry: EcrRegistry) -> None:
    text = json.dumps(json.loads(manifest(annotations={"é": "日本 \u2028"})), ensure_ascii=False, indent=3) + "\n"
    put(ecr, text)
    assert registry.resolve(REPO, "git-1").recomputed_digest == digest_of(text.encode())


def test_missing_tag_is_not_found(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest())
    with pytest.raises(errors.TagNotFound) as missing:
        registry.resolve(REPO, "git-2")
    assert missing.value.reason == "tag-not-found"
    assert missing.value.place == f"{REPO.uri}:git-2"


def test_index_resolves_to_the_platforms_manifest(ecr: Any, registry: EcrRegistry) -> None:
    amd64, arm64 = manifest("amd64"), manifest("arm64")
    put(ecr, amd64, "child-amd64")
    put(ecr, arm64, "child-arm64")
    both = index((arm64, "arm64"), (amd64, "amd64"))
    put(ecr, both, "git-1")
    found = registry.resolve(REPO, "git-1")
    assert found.recomputed_digest == digest_of(both.encode())
    assert found.platform_digest == digest_of(amd64.encode())
    only_arm = index((arm64, "arm64"))
    put(ecr, only_arm, "git-2")
    with pytest.raises(errors.PlatformNotFound):
        registry.resolve(REPO, "git-2")


def test_second_push_of_the_same_image_and_tag_is_refused(ecr: Any) -> None:
    assert outcome(lambda: put(ecr, manifest())) == "ok"
    assert outcome(lambda: put(ecr, manifest())) == "ImageAlreadyExistsException"


def test_immutable_tag_stays_where_it_is(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest())
    assert outcome(lambda: put(ecr, manifest("two"))) != "ok"
    assert registry.resolve(REPO, "git-1").recomputed_digest == digest_of(manifest().encode())


def test_one_image_bears_two_tags(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest(), "git-1")
    put(ecr, manifest(), "git-2")
    first, second = registry.resolve(REPO, "git-1"), registry.resolve(REPO, "git-2")
    assert first.recomputed_digest == second.recomputed_digest


def test_immutable_tag_deleted_and_pushed_again_is_seen_to_have_moved(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest())
    first = registry.resolve(REPO, "git-1")
    assert changed(first, registry.resolve(REPO, "git-1")) == set()
    ecr.batch_delete_image(**HERE, imageIds=[{"imageTag": "git-1"}])
    with pytest.raises(errors.TagNotFound):
        registry.resolve(REPO, "git-1")
    put(ecr, manifest("two"))
    assert changed(first, registry.resolve(REPO, "git-1")) == MOVED


def test_switch_to_mutable_is_seen_and_lets_the_tag_move(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest())
    first = registry.resolve(REPO, "git-1")
    ecr.put_image_tag_mutability(**HERE, imageTagMutability="MUTABLE")
    assert changed(first, registry.resolve(REPO, "git-1")) == {"tag_mutability"}
    put(ecr, manifest("two"))
    assert changed(first, registry.resolve(REPO, "git-1")) == {*MOVED, "tag_mutability"}


def test_deletion_takes_the_image_with_its_last_tag_only(ecr: Any, registry: EcrRegistry) -> None:
    put(ecr, manifest(), "git-1")
    put(ecr, manifest(), "git-2")
    ecr.batch_delete_image(**HERE, imageIds=[{"imageTag": "git-1"}])
    assert registry.resolve(REPO, "git-2").recomputed_digest == digest_of(manifest().encode())
    absent = ecr.batch_delete_image(**HERE, imageIds=[{"imageTag": "git-9"}])
    assert [failure["failureCode"] for failure in absent["failures"]] == ["ImageNotFound"]
    by_digest = [{"imageDigest": digest_of(manifest().encode())}]
    ecr.batch_delete_image(**HERE, imageIds=by_digest)
    assert outcome(lambda: ecr.describe_images(**HERE, imageIds=by_digest)) == "ImageNotFoundException"
    put(ecr, manifest(), "git-1")
    ecr.batch_delete_image(**HERE, imageIds=[{"imageTag": "git-1"}])
    assert outcome(lambda: ecr.describe_images(**HERE, imageIds=by_digest)) == "ImageNotFoundException"


def test_repository_is_created_once_and_under_a_proper_name(ecr: Any) -> None:
    assert outcome(lambda: ecr.create_repository(**HERE)) == "RepositoryAlreadyExistsException"
    name = {**HERE, "repositoryName": "No"}
    assert outcome(lambda: ecr.create_repository(**name)) == "InvalidParameterException"


def _computed_digest(ecr: Any) -> str:
    given = put(ecr, manifest(), imageDigest=None)["image"]["imageId"]["imageDigest"]
    return "sha256 of the bytes" if given == digest_of(manifest().encode()) else "another value"


def _wrong_digest(ecr: Any) -> str:
    return outcome(lambda: put(ecr, manifest(), imageDigest=digest_of(b"other")))


def _other_image_under_immutable_tag(ecr: Any) -> str:
    put(ecr, manifest())
    return outcome(lambda: put(ecr, manifest("two")))


def _image_whose_tag_moved_away(ecr: Any) -> str:
    ecr.put_image_tag_mutability(**HERE, imageTagMutability="MUTABLE")
    put(ecr, manifest())
    put(ecr, manifest("two"))
    image_id = [{"imageDigest": digest_of(manifest().encode())}]
    return outcome(lambda: ecr.describe_images(**HERE, imageIds=image_id))


def _media_type_not_accepted(ecr: Any) -> str:
    put(ecr, manifest())
    answer = ecr.batch_get_image(**HERE, imageIds=[{"imageTag": "git-1"}], acceptedMediaTypes=[INDEX])
    return "handed out" if answer["images"] else str(answer["failures"][0]["failureCode"])


def _layers_never_uploaded(ecr: Any) -> str:
    if isinstance(ecr, StrictEcr):
        ecr.layers = frozenset()
    return outcome(lambda: put(ecr, manifest()))


def _index_of_absent_images(ecr: Any) -> str:
    return outcome(lambda: put(ecr, index((manifest(), "amd64"))))


def _media_types_that_contradict(ecr: Any) -> str:
    return outcome(lambda: put(ecr, manifest(), imageManifestMediaType=INDEX))


def _manifest_that_is_no_json(ecr: Any) -> str:
    return outcome(lambda: put(ecr, "{", imageManifestMediaType=OCI))


def _push_to_another_account(ecr: Any) -> str:
    return outcome(lambda: put(ecr, manifest(), registryId="111111111111"))


def _repository_of_another_account(ecr: Any) -> str:
    return outcome(lambda: ecr.describe_repositories(registryId="111111111111", repositoryNames=[REPO.name]))


def _account_of_an_image(ecr: Any) -> str:
    own = put(ecr, manifest())["image"]["registryId"] == REPO.registry_id
    return "the repository's" if own else "moto's default"


Scenario = Callable[[Any], str]

DIFFERENCES: tuple[tuple[Scenario, str, str], ...] = (
    # what is done, as ECR documents it (strict), what moto does
    (_computed_digest, "sha256 of the bytes", "another value"),
    (_wrong_digest, "ImageDigestDoesNotMatchException", "ok"),
    (_other_image_under_immutable_tag, "ImageTagAlreadyExistsException", "ImageAlreadyExistsException"),
    (_image_whose_tag_moved_away, "ok", "ImageNotFoundException"),
    (_media_type_not_accepted, "ImageNotFound", "handed out"),
    (_layers_never_uploaded, "LayersNotFoundException", "ok"),
    (_index_of_absent_images, "ReferencedImagesNotFoundException", "ok"),
    (_media_types_that_contradict, "InvalidParameterException", "ok"),
    (_manifest_that_is_no_json, "InvalidParameterException", "Exception"),
    (_push_to_another_account, "RepositoryNotFoundException", "ok"),
    (_repository_of_another_account, "RepositoryNotFoundException", "ok"),
    (_account_of_an_image, "the repository's", "moto's default"),
)


@pytest.mark.parametrize(
    ("scenario", "strict", "moto"), DIFFERENCES, ids=[row[0].__name__.strip("_") for row in DIFFERENCES]
)
def test_moto_still_differs_as_the_table_says(ecr: Any, scenario: Scenario, strict: str, moto: str) -> None:
    assert strict != moto
    assert scenario(ecr) == (strict if isinstance(ecr, StrictEcr) else moto)
