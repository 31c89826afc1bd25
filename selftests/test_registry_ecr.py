"""ECR: registries that lie are caught; what real AWS refuses "cannot be told", without a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused, ReadinessError
from packaging_readiness.registry import errors
from packaging_readiness.registry.ecr import EcrRegistry, ecr_registry
from packaging_readiness.registry.model import parse_repo_uri
from packaging_readiness.registry.port import ImageRegistry
from packaging_readiness.registry.resolve import digest_of
from packaging_readiness.registry.strict import StrictEcr

REPO = parse_repo_uri("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full")
OCI = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
CHILD = '{"schemaVersion":2,"layers":[]}'
PLATFORM = {"os": "linux", "architecture": "amd64"}


def index_of_child(**more: Any) -> str:
    entry = {"mediaType": OCI, "digest": digest_of(CHILD.encode()), "size": len(CHILD), "platform": PLATFORM, **more}
    return json.dumps({"schemaVersion": 2, "manifests": [entry]})


def account(tagged: str = CHILD, media_type: str = OCI) -> StrictEcr:
    """An account whose tag `git-1` names `tagged`; `CHILD` is there as well, without a tag."""
    ecr = StrictEcr(REPO.registry_id, REPO.region)
    ecr.create_repository(repositoryName=REPO.name, imageTagMutability="IMMUTABLE")
    if tagged != CHILD:
        ecr.put_image(repositoryName=REPO.name, imageManifest=CHILD, imageManifestMediaType=OCI)
    ecr.put_image(repositoryName=REPO.name, imageManifest=tagged, imageManifestMediaType=media_type, imageTag="git-1")
    return ecr


class Lying:
    """Passes everything through and changes one field of one answer."""

    def __init__(self, truth: StrictEcr, operation: str, change: Callable[[dict[str, Any]], None]) -> None:
        self._truth, self._operation, self._change = truth, operation, change

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._truth, name)(**parameters)
            if name == self._operation:
                self._change(answer)
            return answer

        return call


def resolve(client: Any) -> Any:
    return EcrRegistry(client, REPO.region, "embedded").resolve(REPO, "git-1")


def test_the_truth_resolves() -> None:
    assert resolve(account()).recomputed_digest == digest_of(CHILD.encode())
    assert resolve(account(index_of_child(), INDEX)).platform_digest == digest_of(CHILD.encode())


def _set(section: str, **fields: Any) -> Change:
    return lambda answer: answer[section][0].update(fields)


def _drop(section: str, field: str) -> Change:
    return lambda answer: answer[section][0].pop(field)


OTHER = "sha256:" + "0" * 64


Change = Callable[[dict[str, Any]], None]
REPOSITORIES, DETAILS, IMAGE = "describe_repositories", "describe_images", "batch_get_image"

LIES: dict[str, tuple[str, Change, type[ReadinessError]]] = {
    "other-uri": (REPOSITORIES, _set("repositories", repositoryUri="x"), errors.RepositoryMismatch),
    "no-repository": (REPOSITORIES, lambda answer: answer["repositories"].clear(), errors.RepositoryNotFound),
    "no-mutability": (REPOSITORIES, _drop("repositories", "imageTagMutability"), CannotTell),
    "other-digest": (DETAILS, _set("imageDetails", imageDigest=OTHER), errors.TagMoved),
    "upper-case-digest": (DETAILS, _set("imageDetails", imageDigest=OTHER.upper()), errors.DigestMalformed),
    "empty-digest": (DETAILS, _set("imageDetails", imageDigest=""), errors.DigestMalformed),
    "sha512-digest": (DETAILS, _set("imageDetails", imageDigest="sha512:" + "0" * 128), errors.DigestMalformed),
    "no-digest": (DETAILS, _drop("imageDetails", "imageDigest"), CannotTell),
    "two-media-types": (DETAILS, _set("imageDetails", imageManifestMediaType=DOCKER), errors.MediaTypeMismatch),
    "no-detail": (DETAILS, lambda answer: answer["imageDetails"].clear(), CannotTell),
    "two-details": (DETAILS, lambda answer: answer["imageDetails"].append(answer["imageDetails"][0]), CannotTell),
    "one-more-newline": (IMAGE, _set("images", imageManifest=CHILD + "\n"), errors.DigestMismatch),
    "lone-surrogate": (IMAGE, _set("images", imageManifest=CHILD + "\ud800"), errors.DigestMismatch),
    "moved-meanwhile": (IMAGE, _set("images", imageId={"imageDigest": OTHER}), errors.TagMoved),
    "other-media-type": (IMAGE, _set("images", imageManifestMediaType="text/plain"), errors.MediaTypeMismatch),
    "no-identity": (IMAGE, _set("images", imageId=None), CannotTell),
    "no-media-type": (IMAGE, _drop("images", "imageManifestMediaType"), CannotTell),
    "no-manifest": (IMAGE, _drop("images", "imageManifest"), CannotTell),
    "no-image": (IMAGE, lambda answer: answer["images"].clear(), CannotTell),
    "two-images": (
        IMAGE,
        lambda answer: answer["images"].append({**answer["images"][0], "imageManifest": "{}"}),
        CannotTell,
    ),
    "gone-meanwhile": (
        IMAGE,
        lambda answer: answer.update(failures=[{"failureCode": "ImageNotFound"}]),
        errors.TagNotFound,
    ),
    "cannot-decrypt": (IMAGE, lambda answer: answer.update(failures=[{"failureCode": "KmsError"}]), CannotTell),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_registry_that_contradicts_itself_is_caught(lie: str) -> None:
    operation, change, error = LIES[lie]
    with pytest.raises(ReadinessError) as caught:
        resolve(Lying(account(), operation, change))
    assert type(caught.value) is error


def test_several_identical_answers_are_one_image() -> None:
    twice = Lying(account(), "batch_get_image", lambda answer: answer["images"].append(answer["images"][0]))
    assert resolve(twice).recomputed_digest == digest_of(CHILD.encode())


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"size": len(CHILD) + 1}, errors.DigestMismatch),
        ({"mediaType": DOCKER}, errors.MediaTypeMismatch),
        ({"platform": {"os": "linux", "architecture": "s390x"}}, errors.PlatformNotFound),
    ],
)
def test_an_index_that_misdescribes_its_platform_is_caught(more: dict[str, Any], error: type[ReadinessError]) -> None:
    with pytest.raises(error):
        resolve(account(index_of_child(**more), INDEX))


def test_an_index_whose_manifest_was_deleted_is_caught() -> None:
    ecr = account(index_of_child(), INDEX)
    ecr.batch_delete_image(repositoryName=REPO.name, imageIds=[{"imageDigest": digest_of(CHILD.encode())}])
    with pytest.raises(errors.PlatformNotFound):
        resolve(ecr)


def test_an_index_whose_manifest_is_none_is_caught() -> None:
    ecr = account(index_of_child(), INDEX)
    hollow = '{"schemaVersion":1}'
    ecr.put_image(repositoryName=REPO.name, imageManifest=hollow, imageManifestMediaType=OCI)
    index = index_of_child(digest=digest_of(hollow.encode()), size=len(hollow))
    ecr.batch_delete_image(repositoryName=REPO.name, imageIds=[{"imageTag": "git-1"}])
    ecr.put_image(repositoryName=REPO.name, imageManifest=index, imageManifestMediaType=INDEX, imageTag="git-1")
    with pytest.raises(errors.ManifestMalformed):
        resolve(ecr)


def test_every_known_media_type_is_accepted_so_that_no_manifest_is_converted() -> None:
    asked: list[dict[str, Any]] = []

    class Listening(StrictEcr):
        def batch_get_image(self, **parameters: Any) -> dict[str, Any]:
            asked.append(parameters)
            return super().batch_get_image(**parameters)

    ecr = account()
    ecr.__class__ = Listening
    resolve(ecr)
    assert set(asked[0]["acceptedMediaTypes"]) == {OCI, DOCKER, INDEX, DOCKER_LIST}


def test_push_time_is_utc_and_only_told_where_something_was_pushed() -> None:
    local = datetime(2026, 2, 22, 21, 48, 49, tzinfo=timezone(timedelta(hours=2)))
    client: Any = Lying(account(), "describe_images", _set("imageDetails", imagePushedAt=local))
    assert EcrRegistry(client, REPO.region, "ecr").resolve(REPO, "git-1").pushed_at == "2026-02-22T19:48:49Z"
    assert EcrRegistry(client, REPO.region, "embedded").resolve(REPO, "git-1").pushed_at is None
    assert local.astimezone(UTC).hour == 19


@pytest.mark.parametrize("tag", ["", "a/b", "git-1\n", "x" * 129])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(InputRefused):
        EcrRegistry(account(), REPO.region, "embedded").resolve(REPO, tag)


@pytest.fixture
def stubbed() -> Iterator[Any]:
    """A real boto3 client whose answers are queued; botocore validates both directions."""
    import boto3
    from botocore.stub import Stubber

    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = boto3.session.Session(region_name=REPO.region, **keys).client("ecr")
    with Stubber(client) as stubber:
        yield stubber
    client.close()


@pytest.mark.parametrize(
    ("code", "error", "word"),
    [
        ("AccessDeniedException", CannotTell, "ecr:DescribeRepositories"),
        ("UnrecognizedClientException", CannotTell, "sign in"),
        ("ExpiredTokenException", CannotTell, "sign in"),
        ("SignatureDoesNotMatch", CannotTell, "sign in"),
        ("ThrottlingException", CannotTell, "wait"),
        ("TooManyRequestsException", CannotTell, "wait"),
        ("ServerException", CannotTell, "run again"),
        ("SomethingNew", CannotTell, "run again"),
        ("InvalidParameterException", InputRefused, ""),
        ("RepositoryNotFoundException", errors.RepositoryNotFound, ""),
    ],
)
def test_each_service_error_has_one_meaning_and_its_text_is_not_repeated(
    stubbed: Any, code: str, error: type[ReadinessError], word: str
) -> None:
    stubbed.add_client_error("describe_repositories", service_error_code=code, service_message="TOKEN-VALUE")
    with pytest.raises(ReadinessError) as caught:
        EcrRegistry(stubbed.client, REPO.region, "ecr").resolve(REPO, "git-1")
    assert type(caught.value) is error
    assert word in caught.value.cure
    assert code in str(caught.value)
    assert "TOKEN-VALUE" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any AWS set-up."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


def ask_real_aws() -> None:
    with ecr_registry(REPO) as registry:
        port: ImageRegistry = registry
        assert port.authority == "ecr"
        port.resolve(REPO, "git-1")


@pytest.mark.parametrize(
    ("environment", "cause", "cure"),
    [
        ({}, "NoCredentialsError", "sign in"),
        ({"AWS_ACCESS_KEY_ID": "x"}, "PartialCredentialsError", "sign in"),
        ({"AWS_PROFILE": "nonsense"}, "ProfileNotFound", "sign in"),
        ({"AWS_RETRY_MODE": "nonsense", "AWS_DEFAULTS_MODE": "nonsense"}, "InvalidDefaultsMode", "AWS_*"),
        ({"AWS_EC2_METADATA_DISABLED": "true", "AWS_METADATA_SERVICE_TIMEOUT": "soon"}, "ValueError", "AWS_*"),
    ],
)
def test_a_machine_that_is_not_set_up_for_aws_cannot_tell(
    no_aws: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], cause: str, cure: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotTell) as caught:
        ask_real_aws()
    assert cause in caught.value.cause
    assert cure in caught.value.cure
    assert str(no_aws) not in str(caught.value)


def test_a_broken_configuration_file_cannot_tell(no_aws: Path) -> None:
    (no_aws / "config").write_text("garbage [[[")
    with pytest.raises(CannotTell) as caught:
        ask_real_aws()
    assert str(no_aws) not in str(caught.value)


def test_no_network_cannot_tell(no_aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert no_aws.is_dir()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "KEY-VALUE")
    # Port 9 (discard) of the loopback address: refused at once.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CannotTell) as caught:
        ask_real_aws()
    assert "network" in caught.value.cure
    assert "KEY-VALUE" not in str(caught.value)
