"""Manifests and indexes: what is readable, and which entry of an index is the platform's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.registry import errors
from packaging_readiness.registry.manifest import MAX_BYTES, Descriptor, choose_platform, read_manifest
from packaging_readiness.registry.model import Manifest

OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("media_type", "body"),
    [(OCI, "layers"), (DOCKER, "layers"), (OCI_INDEX, "manifests"), (DOCKER_LIST, "manifests")],
)
def test_the_four_known_types_are_read_with_and_without_their_own_media_type(media_type: str, body: str) -> None:
    for stated in ({"mediaType": media_type}, {}):
        data = json.dumps({"schemaVersion": 2, body: [], **stated}).encode()
        assert read_manifest(Manifest(data, media_type), "x")[body] == []


@pytest.mark.parametrize(
    ("data", "media_type", "error"),
    [
        (b'{"schemaVersion":2,"layers":[]}', "application/json", errors.MediaTypeUnknown),
        (
            b'{"schemaVersion":1}',
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            errors.MediaTypeUnknown,
        ),
        (json.dumps({"schemaVersion": 2, "layers": [], "mediaType": DOCKER}).encode(), OCI, errors.MediaTypeMismatch),
        (b'{"schemaVersion":2,"layers":[],"mediaType":null}', OCI, errors.MediaTypeMismatch),
        (b'{"schemaVersion":1,"layers":[]}', OCI, errors.ManifestMalformed),
        (b'{"schemaVersion":2.0,"layers":[]}', OCI, errors.ManifestMalformed),
        (b'{"schemaVersion":2}', OCI, errors.ManifestMalformed),
        (b'{"schemaVersion":2,"layers":[]}', OCI_INDEX, errors.ManifestMalformed),
        (b'{"schemaVersion":2,"layers":[],"layers":[]}', OCI, errors.ManifestMalformed),
        (b'{"schemaVersion":2,"layers":[],"x":NaN}', OCI, errors.ManifestMalformed),
        (b'{"schemaVersion":2,"layers":[]} {}', OCI, errors.ManifestMalformed),
        (b'\xef\xbb\xbf{"schemaVersion":2,"layers":[]}', OCI, errors.ManifestMalformed),
        (b'{"schemaVersion":2,"layers":["\xff"]}', OCI, errors.ManifestMalformed),
        (b"[]", OCI, errors.ManifestMalformed),
        (b"", OCI, errors.ManifestMalformed),
        (b"[" * 200_000, OCI, errors.ManifestMalformed),
        (b" " * (MAX_BYTES + 1), OCI, errors.ManifestMalformed),
    ],
)
def test_each_unreadable_manifest_is_told_apart(
    data: bytes, media_type: str, error: type[errors.RegistryFinding]
) -> None:
    with pytest.raises(error):
        read_manifest(Manifest(data, media_type), "repo:tag")


@given(st.binary(max_size=60))
def test_random_bytes_never_escape_as_another_exception(data: bytes) -> None:
    with pytest.raises(errors.RegistryFinding):
        read_manifest(Manifest(data, OCI), "repo:tag")


def entry(os_name: str, architecture: str, **more: Any) -> dict[str, Any]:
    platform = {"os": os_name, "architecture": architecture, **more.pop("platform", {})}
    return {"mediaType": OCI, "digest": DIGEST, "size": 7, "platform": platform, **more}


ATTESTATION = entry("unknown", "unknown", digest="sha256:" + "b" * 64)


def test_the_platform_is_chosen_and_attestations_are_passed_over() -> None:
    index = {"manifests": [ATTESTATION, entry("linux", "arm64", digest="sha256:" + "c" * 64), entry("linux", "amd64")]}
    assert choose_platform(index, "linux/amd64", "x") == Descriptor(OCI, DIGEST, 7)


def test_a_variant_separates_two_manifests_of_one_architecture() -> None:
    seventh = entry("linux", "arm", platform={"variant": "v7"})
    sixth = entry("linux", "arm", platform={"variant": "v6"}, digest="sha256:" + "d" * 64)
    index = {"manifests": [sixth, seventh]}
    assert choose_platform(index, "linux/arm/v7", "x").digest == DIGEST
    with pytest.raises(errors.PlatformAmbiguous):
        choose_platform(index, "linux/arm", "x")


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ([], errors.PlatformNotFound),
        ([ATTESTATION], errors.PlatformNotFound),
        ([entry("windows", "amd64")], errors.PlatformNotFound),
        ([{"mediaType": OCI, "digest": DIGEST, "size": 7}], errors.PlatformNotFound),
        (["text", None, {"platform": "linux/amd64"}], errors.PlatformNotFound),
        ([entry("linux", "amd64"), entry("linux", "amd64")], errors.PlatformAmbiguous),
        ([entry("linux", "amd64", mediaType=OCI_INDEX)], errors.MediaTypeUnknown),
        ([entry("linux", "amd64", mediaType=[OCI])], errors.MediaTypeUnknown),
        ([entry("linux", "amd64", digest="sha512:00")], errors.ManifestMalformed),
        ([entry("linux", "amd64", digest=None)], errors.ManifestMalformed),
        ([entry("linux", "amd64", size="7")], errors.ManifestMalformed),
        ([entry("linux", "amd64", size=True)], errors.ManifestMalformed),
    ],
)
def test_an_index_without_exactly_one_usable_platform_is_refused(
    entries: list[Any], error: type[errors.RegistryFinding]
) -> None:
    with pytest.raises(error):
        choose_platform({"manifests": entries}, "linux/amd64", "x")
