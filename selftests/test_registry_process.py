"""A real image, built and pushed by a real engine to a real registry: everybody names it by the digest of its bytes."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.image.base import ensure_base
from packaging_readiness.image.build import build
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.facts import identify
from packaging_readiness.plugin.packaged import pulled_digest
from packaging_readiness.registry import errors
from packaging_readiness.registry.ecr import EcrRegistry
from packaging_readiness.registry.embedded import moto_client
from packaging_readiness.registry.manifest import ACCEPTED_TYPES
from packaging_readiness.registry.model import Manifest, parse_repo_uri
from packaging_readiness.registry.resolve import digest_of
from selftests.oci_registry import get, oci_registry

REPO = parse_repo_uri("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full")
TAG = "git-0123456789abcdef0123456789abcdef01234567"
KEY = f"selftest-push-{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Pushed:
    """One pushed image: what the engine said its digest is, and what the registry hands out under its tag."""

    engine: Engine
    repository: str
    said: str
    claimed: str
    manifest: Manifest


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pushed]:
    engine, folder = detect(), tmp_path_factory.mktemp("push")
    context = folder / "context"
    context.mkdir()
    (context / "Dockerfile").write_text("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY hello.txt /app/hello.txt\n")
    (context / "hello.txt").write_text(KEY)
    base = ensure_base(engine, [], folder, print)
    built = build(engine, context, "Dockerfile", {"BASE_IMAGE": base.reference}, KEY, folder, print)
    with oci_registry(folder) as address:
        repository = f"{address}/{REPO.name}"
        engine.call("tag", built.facts.reference, f"{repository}:{TAG}")
        try:
            said = push(engine, f"{repository}:{TAG}", folder / "digest")
            status, headers, body = get(address, f"/v2/{REPO.name}/manifests/{TAG}", ", ".join(ACCEPTED_TYPES))
            assert status == 200
            manifest = Manifest(body, headers["content-type"])
            yield Pushed(engine, repository, said, headers["docker-content-digest"], manifest)
        finally:
            engine.attempt("rmi", "--force", f"{repository}:{TAG}", built.facts.reference)


def push(engine: Engine, reference: str, digest_file: Path) -> str:
    """Push as an engine does, and the digest that it reports."""
    if engine.name == "podman":
        plain = ("--tls-verify=false", f"--digestfile={digest_file}")
        engine.call("push", "--quiet", *plain, reference, timeout_s=120.0)
        return digest_file.read_text().strip()
    told = engine.call("push", reference, timeout_s=120.0).decode()  # docker speaks plain HTTP to the loopback
    return told.rpartition("digest: ")[2].split()[0]


def test_engine_and_registry_and_ecr_agree_on_the_digest_of_the_bytes(pushed: Pushed) -> None:
    recomputed = "sha256:" + hashlib.sha256(pushed.manifest.bytes).hexdigest()
    assert pushed.said == pushed.claimed == recomputed
    with moto_client(REPO.region) as client:
        put(client, pushed)
        found = EcrRegistry(client, REPO.region, "embedded").resolve(REPO, TAG)
    assert found.claimed_digest == found.recomputed_digest == recomputed
    assert (found.media_type, found.size) == (pushed.manifest.media_type, len(pushed.manifest.bytes))


def test_engine_that_pulls_by_digest_gets_the_same_image(pushed: Pushed) -> None:
    engine, reference = pushed.engine, f"{pushed.repository}@{pushed.said}"
    plain = ["--tls-verify=false"] if engine.name == "podman" else []
    engine.call("pull", "--quiet", *plain, reference, timeout_s=120.0)
    identity = identify(engine, reference)
    engine.call("rmi", "--force", reference)  # a store of left images makes every call of the engine slower
    assert identity is not None
    assert reference in identity[1]
    assert pulled_digest(reference, identity[1], pushed.repository) == pushed.said
    assert pulled_digest(reference, identity[1], REPO.uri) is None


def test_one_other_byte_in_ecr_is_a_mismatch(pushed: Pushed) -> None:
    with moto_client(REPO.region) as client:
        changed = Manifest(pushed.manifest.bytes + b"\n", pushed.manifest.media_type)
        put(client, pushed, changed)
        with pytest.raises(errors.DigestMismatch) as mismatch:
            EcrRegistry(client, REPO.region, "embedded").resolve(REPO, TAG)
    assert pushed.said in str(mismatch.value)
    assert digest_of(changed.bytes) in str(mismatch.value)


def put(client: Any, pushed: Pushed, manifest: Manifest | None = None) -> None:
    """Seed moto's ECR with the bytes that the registry handed out, under the digest that the engine reported."""
    given = manifest or pushed.manifest
    client.create_repository(registryId=REPO.registry_id, repositoryName=REPO.name, imageTagMutability="IMMUTABLE")
    client.put_image(
        registryId=REPO.registry_id,
        repositoryName=REPO.name,
        imageManifest=given.bytes.decode(),
        imageManifestMediaType=given.media_type,
        imageTag=TAG,
        imageDigest=pushed.said,
    )
