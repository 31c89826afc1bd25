"""The embedded registry works whatever the caller's AWS set-up, and leaves no trace of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.registry import errors
from packaging_readiness.registry.embedded import embedded_registry
from packaging_readiness.registry.model import Manifest, parse_repo_uri
from packaging_readiness.registry.resolve import digest_of

REPO = parse_repo_uri("230372904534.dkr.ecr.eu-west-2.amazonaws.com/fraud-platform-dev-full")
OCI = "application/vnd.oci.image.manifest.v1+json"
MANIFEST = Manifest(b'{"schemaVersion":2,"config":{"size":2},"layers":[]}', OCI)
HOSTILE = {
    **dict.fromkeys(
        (
            "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE",
            "AWS_DEFAULT_REGION",
            "AWS_RETRY_MODE",
            "AWS_MAX_ATTEMPTS",
            "AWS_DEFAULTS_MODE",
            "AWS_CA_BUNDLE",
            "AWS_DATA_PATH",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE",
            "AWS_REQUEST_CHECKSUM_CALCULATION",
        ),
        "nonsense",
    ),
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_ECR": "http://127.0.0.1:9",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "MOTO_ACCOUNT_ID": "111111111111",
}


def test_the_seeded_tag_resolves_with_embedded_authority() -> None:
    with embedded_registry(REPO, MANIFEST, "git-1") as registry:
        assert registry.authority == "embedded"
        assert registry.describe(REPO).tag_mutability == "IMMUTABLE"
        found = registry.resolve(REPO, "git-1")
        assert found.recomputed_digest == digest_of(MANIFEST.bytes)
        with pytest.raises(errors.TagNotFound):
            registry.resolve(REPO, "git-2")


def test_two_uses_after_each_other_share_nothing() -> None:
    with embedded_registry(REPO, MANIFEST, "git-1"):
        pass
    with embedded_registry(REPO, MANIFEST, "git-2") as registry, pytest.raises(errors.TagNotFound):
        registry.resolve(REPO, "git-1")


def test_nothing_of_the_callers_aws_set_up_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "config"
    broken.write_text("garbage [[[")
    for name, value in {**HOSTILE, "AWS_CONFIG_FILE": str(broken), "AWS_SHARED_CREDENTIALS_FILE": str(broken)}.items():
        monkeypatch.setenv(name, value)
    with embedded_registry(REPO, MANIFEST, "git-1") as registry:
        assert registry.resolve(REPO, "git-1").recomputed_digest == digest_of(MANIFEST.bytes)


@pytest.mark.parametrize("mine", [None, "caller-key"])
def test_environment_is_untouched_inside_and_after(monkeypatch: pytest.MonkeyPatch, mine: str | None) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
        if mine:
            monkeypatch.setenv(name, mine)
    before = dict(os.environ)
    with embedded_registry(REPO, MANIFEST, "git-1"):
        assert dict(os.environ) == before
    assert dict(os.environ) == before
    with pytest.raises(ZeroDivisionError), embedded_registry(REPO, MANIFEST, "git-1"):
        _ = 1 // 0
    assert dict(os.environ) == before


def test_another_region_is_refused_rather_than_not_found() -> None:
    with embedded_registry(REPO, MANIFEST, "git-1") as registry, pytest.raises(InputRefused):
        registry.resolve(parse_repo_uri(REPO.uri.replace("eu-west-2", "eu-west-1")), "git-1")


@pytest.mark.parametrize("tag", ["", "a/b", "x" * 129, "git-1\n"])
def test_what_is_no_tag_is_refused_before_anything_starts(tag: str) -> None:
    with pytest.raises(InputRefused), embedded_registry(REPO, MANIFEST, tag):
        pass


def test_what_is_no_manifest_is_refused_before_anything_starts() -> None:
    broken = Manifest(b'{"schemaVersion":2}', OCI)
    with pytest.raises(errors.ManifestMalformed), embedded_registry(REPO, broken, "git-1"):
        pass


def test_modules_of_the_room_import_no_aws_library() -> None:
    room = Path(sys.modules["packaging_readiness.registry.model"].__file__ or "").parent
    names = [f"packaging_readiness.registry.{path.stem}" for path in sorted(room.glob("[a-z]*.py"))]
    code = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(sorted({'boto3', 'botocore', 'moto', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(names) >= 10
    assert done.stdout.strip() == "[]"
