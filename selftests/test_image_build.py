"""Base image, build and facts, with the real engine: made once, identified by bytes, told when broken."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image import base as base_module
from packaging_readiness.image.base import BaseImage, ensure_base
from packaging_readiness.image.build import BuildFailed, BuiltImage, build
from packaging_readiness.image.engine import Engine, detect
from packaging_readiness.image.facts import inspect

KEY = f"selftest-build-{os.getpid()}"
DOCKERFILE = """ARG BASE_IMAGE
FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="tiny"
ENV COLOUR="green = yes" EMPTY=
COPY hello.txt /app/hello.txt
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["python", "-m"]
CMD ["hello"]
"""


@pytest.fixture(scope="session")
def engine() -> Engine:
    return detect()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def base(engine: Engine, cache: Path) -> BaseImage:
    return ensure_base(engine, [], cache, print)


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("context")
    (root / "Dockerfile").write_text(DOCKERFILE)
    (root / "hello.txt").write_text(KEY)
    return root


@pytest.fixture(scope="session")
def built(engine: Engine, cache: Path, base: BaseImage, context: Path) -> Iterator[BuiltImage]:
    result = build(engine, context, "Dockerfile", {"BASE_IMAGE": base.reference}, KEY, cache, print)
    yield result
    engine.attempt("rmi", "--force", result.facts.reference)


def test_base_image_is_a_digest_reference_and_made_once(engine: Engine, base: BaseImage, cache: Path) -> None:
    assert base.reference.endswith(f"@{base.digest}")
    assert base.origin == "debian packages"
    told: list[str] = []
    assert ensure_base(engine, ["registry.invalid/no/such:image"], cache, told.append) == base
    assert told == []


def test_base_image_that_is_here_already_is_not_pulled(
    engine: Engine, base: BaseImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_module, "LOCAL_NAME", "localhost/packaging-readiness-absent")
    tag = f"localhost/packaging-readiness-selftest-{os.getpid()}:here"
    engine.call("tag", base.reference, tag)
    told: list[str] = []
    try:
        by_tag = ensure_base(engine, ["registry.invalid/no/such:image", tag], tmp_path, told.append)
        by_digest = ensure_base(engine, [by_tag.reference], tmp_path, told.append)
    finally:
        engine.attempt("rmi", tag)
    repository = tag.partition(":")[0]
    assert by_tag.reference == by_digest.reference == f"{repository}@{base.digest}"
    assert (by_tag.origin, by_tag.source, told) == ("pulled", tag, [])


def test_base_image_is_made_from_nothing_with_progress(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_module, "LOCAL_NAME", f"localhost/packaging-readiness-selftest-{os.getpid()}")
    told: list[str] = []
    made = ensure_base(engine, ["127.0.0.1:1/no/such:image"], tmp_path, told.append)
    try:
        assert [line.split()[0] for line in told] == ["pulling", "making"]
        assert [path.name for path in tmp_path.iterdir()] == ["base.lock"]
        found = inspect(engine, made.reference, tmp_path)
        assert (found.digest, found.cmd) == (made.digest, ("python3",))
    finally:
        engine.attempt("rmi", "--force", made.reference)


def test_base_image_without_its_tool_names_the_command_that_installs_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_module, "LOCAL_NAME", "localhost/packaging-readiness-absent")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CannotTell, match="apt-get install -y --no-install-recommends mmdebstrap"):
        ensure_base(engine, [], tmp_path, print)


def test_failed_base_image_leaves_nothing_half_made(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho half >\"$5\"; echo 'E: mirror gone' >&2; exit 25\n")
    tool.chmod(0o755)
    monkeypatch.setattr(base_module, "LOCAL_NAME", "localhost/packaging-readiness-absent")
    monkeypatch.setattr(shutil, "which", lambda _: str(tool))
    with pytest.raises(CannotTell, match=r"exit status 25\):\nE: mirror gone"):
        ensure_base(engine, [], tmp_path / "cache", print)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["base.lock"]
    assert engine.call("images", "--quiet", "localhost/packaging-readiness-absent") == b""


def test_facts_are_the_dockerfiles(built: BuiltImage) -> None:
    facts = built.facts
    assert not built.from_cache
    assert (facts.os, facts.user, facts.workdir) == ("linux", "10001:10001", "/app")
    assert (facts.entrypoint, facts.cmd) == (("python", "-m"), ("hello",))
    assert (facts.env["COLOUR"], facts.env["EMPTY"]) == ("green = yes", "")
    assert facts.labels["org.opencontainers.image.title"] == "tiny"
    assert any("COPY" in step for step in facts.history)
    assert len(facts.diff_ids) == 2
    assert facts.created is not None
    assert facts.created.endswith("Z")
    assert len(facts.created) == 20
    assert "green" not in repr(facts)


def test_digest_is_the_sha256_of_the_manifest_bytes(built: BuiltImage) -> None:
    facts = built.facts
    assert facts.digest == f"sha256:{hashlib.sha256(facts.manifest).hexdigest()}"
    assert facts.manifest_size == len(facts.manifest)
    manifest = json.loads(facts.manifest)
    assert manifest["mediaType"] == facts.media_type == "application/vnd.oci.image.manifest.v1+json"
    assert manifest["config"]["digest"] == facts.image_id
    assert [layer["digest"] for layer in manifest["layers"]] == list(facts.diff_ids)
    assert any(known.endswith(f"@{facts.digest}") for known in facts.repo_digests)


def test_digest_is_the_same_whenever_it_is_asked_for(built: BuiltImage, engine: Engine, tmp_path: Path) -> None:
    first = inspect(engine, built.facts.reference, tmp_path)
    assert first == built.facts
    assert inspect(engine, built.facts.reference, tmp_path) == first


def test_damaged_cache_gives_the_same_facts(built: BuiltImage, engine: Engine, tmp_path: Path) -> None:
    inspect(engine, built.facts.reference, tmp_path)
    for blob in tmp_path.glob("manifests/*/blobs/sha256/*"):
        blob.write_bytes(blob.read_bytes() + b" ")
    assert inspect(engine, built.facts.reference, tmp_path) == built.facts
    assert list(tmp_path.glob("export-*")) == []


def test_same_content_is_built_once(
    engine: Engine, cache: Path, base: BaseImage, context: Path, built: BuiltImage
) -> None:
    told: list[str] = []
    args = {"BASE_IMAGE": base.reference}
    again = build(engine, context, "Dockerfile", args, KEY, cache, told.append)
    assert (again.from_cache, again.facts, told) == (True, built.facts, [])


def test_concurrent_builds_of_the_same_content_build_once(
    engine: Engine, cache: Path, base: BaseImage, context: Path
) -> None:
    results: list[BuiltImage] = []

    def work() -> None:
        args = {"BASE_IMAGE": base.reference}
        results.append(build(engine, context, "Dockerfile", args, f"{KEY}-concurrent", cache, lambda _: None))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.attempt("rmi", "--force", results[0].facts.reference)
    assert sorted(result.from_cache for result in results) == [False, True]
    assert results[0].facts == results[1].facts


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY absent.txt /\n", "absent.txt"),
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo one && exit 3\n", "one"),
        ("FROM localhost/no-such-base:1\n", "no-such-base"),
    ],
)
def test_dockerfile_that_does_not_build_is_told_with_the_end_of_the_output(
    dockerfile: str, expected: str, engine: Engine, cache: Path, base: BaseImage, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(dockerfile)
    with pytest.raises(BuildFailed) as caught:
        build(engine, tmp_path, "Dockerfile", {"BASE_IMAGE": base.reference}, dockerfile, cache, print)
    assert expected in caught.value.cause
    assert str(tmp_path) not in str(caught.value)
    assert len(caught.value.cause.splitlines()) <= 23


def test_step_that_fails_after_many_words_is_named_before_the_last_of_them(
    engine: Engine, cache: Path, base: BaseImage, tmp_path: Path
) -> None:
    step = f"RUN for i in {' '.join(map(str, range(1, 26)))}; do echo line $i; done && exit 3"
    (tmp_path / "Dockerfile").write_text(f"ARG BASE_IMAGE\nFROM ${{BASE_IMAGE}}\nENV A=1\n{step}\n")
    with pytest.raises(BuildFailed) as caught:
        build(engine, tmp_path, "Dockerfile", {"BASE_IMAGE": base.reference}, step, cache, print)
    told = caught.value.cause.splitlines()
    assert "3/3" in told[1]
    assert "line 25" in told
    assert "line 2" not in told
    assert not any("ENV" in line for line in told)


def test_heredoc_that_the_engine_cannot_parse_is_explained(
    engine: Engine, cache: Path, base: BaseImage, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY <<EOF /x\nhello\nEOF\n")
    with pytest.raises(BuildFailed) as caught:
        build(engine, tmp_path, "Dockerfile", {"BASE_IMAGE": base.reference}, "heredoc", cache, print)
    assert "heredoc" in caught.value.cure


@pytest.mark.parametrize(
    "words",
    [
        "runc create failed: unable to start container process: error during container init: error setting rlimits",
        "error running container: setrlimit RLIMIT_NPROC: operation not permitted",
        "writing blob: write /var/tmp/x: no space left on device",
    ],
)
def test_engine_that_cannot_build_anything_is_no_fault_of_the_dockerfile(words: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    script = f"#!/bin/sh\ncase $1 in image) echo 'image not known' >&2;; *) echo '{words}' >&2;; esac\nexit 125\n"
    (tmp_path / "podman").write_text(script)
    (tmp_path / "podman").chmod(0o755)
    broken = Engine("podman", "4.3.1", str(tmp_path / "podman"))
    with pytest.raises(CannotTell, match="podman build: failed") as caught:
        build(broken, tmp_path, "Dockerfile", {}, "broken", tmp_path / "cache", print)
    assert words[-20:] in caught.value.cause


def test_absent_dockerfile_and_absent_image_cannot_be_told(engine: Engine, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="Dockerfile: cannot be read"):
        build(engine, tmp_path, "Dockerfile", {}, "absent", cache, print)
    with pytest.raises(CannotTell, match="there is no image localhost/no-such:image"):
        inspect(engine, "localhost/no-such:image", cache)
    with pytest.raises(CannotTell, match="is not an image reference"):
        inspect(engine, "--help", cache)
