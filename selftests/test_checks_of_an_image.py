"""Checks that ask an image, on images that no engine hands out: each demand is seen red."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.facts import ImageFacts
from packaging_readiness.plugin.build_facts import BuildFacts
from packaging_readiness.plugin.check import Record
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests.in_process import run_row
from selftests.main_job import RUN_ID, WRITTEN_AT, fresh_platform

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"
EARLIER, LATER = "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
FACTS = ImageFacts(
    reference="platform:1",
    image_id=DIGEST,
    digest=DIGEST,
    media_type="application/vnd.oci.image.manifest.v1+json",
    manifest=json.dumps({"layers": [{"digest": DIGEST}]}).encode(),
    architecture="amd64",
    os="linux",
    env={"PATH": "/usr/bin"},
    user="10001",
    workdir="/app",
    entrypoint=(),
    cmd=(),
    labels={},
    created=EARLIER,
    history=("COPY src src",),
    diff_ids=(DIGEST,),
    repo_digests=(),
)
RUN = SimpleNamespace(platform_run_id=RUN_ID, written_at_utc=WRITTEN_AT)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    root = fresh_platform(tmp_path_factory.mktemp("platform") / "checkout")
    return Platform(root, load_contract(str(root / CONTRACT))[0])


def judged(
    row: str,
    platform: Platform,
    facts: ImageFacts,
    *,
    built: bool = True,
    claimed: BuildFacts | None = None,
    cache: Path | None = None,
) -> Record:
    """What a row says of an image with these facts, that the suite built or was given."""
    image = PackagedImage(Engine("podman", "4.3.1", "podman"), facts, built_by_suite=built, base=None)
    settings = SimpleNamespace(**vars(RUN), contract=platform.contract, build_facts=claimed, cache=cache)
    return run_row(row, platform, image=image, settings=settings)


@pytest.mark.parametrize(
    ("row", "digest", "reason"),
    [
        ("m1c.provenance.anchor[oci_digest_algo]", DIGEST, ""),
        ("m1c.provenance.anchor[oci_digest_value]", DIGEST, ""),
        ("m1c.provenance.anchor[oci_digest_algo]", f"sha512:{HEX}{HEX}", "anchor-differs"),
        ("m1c.provenance.anchor[oci_digest_value]", f"sha256:{HEX.upper()}", "anchor-malformed"),
        ("m1c.provenance.anchor[oci_digest_value]", f"sha256:{HEX[1:]}", "anchor-malformed"),
        ("m1c.mismatch.digest-format", DIGEST, ""),
        ("m1c.mismatch.digest-format", f"sha512:{HEX}{HEX}", "digest-not-sha256"),
        ("m1c.mismatch.digest-format", f"sha256:{HEX[1:]}", "digest-short"),
    ],
)
def test_digest_of_another_form_is_red(platform: Platform, row: str, digest: str, reason: str) -> None:
    record = judged(row, platform, replace(FACTS, digest=digest))
    assert (record.outcome, record.reason) == (("fail", reason) if reason else ("pass", ""))


BUILD = "m1c.provenance.build-record"
OTHER = "sha256:" + "0" * 64


def facts_of_a_build(platform: Platform, **changed: str) -> BuildFacts:
    return replace(BuildFacts("github_actions", "octocat", EARLIER, platform.git.sha, DIGEST), **changed)


def test_record_of_a_build_that_is_this_ones_passes(platform: Platform) -> None:
    assert judged(BUILD, platform, FACTS).outcome == "pass"
    claimed = facts_of_a_build(platform)
    assert judged(BUILD, platform, FACTS, built=False, claimed=claimed).outcome == "pass"
    elsewhere = replace(FACTS, repo_digests=(f"registry/platform@{OTHER}",))
    claimed = facts_of_a_build(platform, image_digest=OTHER)
    assert judged(BUILD, platform, elsewhere, built=False, claimed=claimed).outcome == "pass"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"git_sha": "0" * 40}, "build-of-another-commit"),
        ({"image_digest": OTHER}, "build-of-another-image"),
        ({"build_completed_at_utc": LATER}, "written-before-build"),
    ],
)
def test_record_of_another_build_is_red(platform: Platform, changed: dict[str, str], reason: str) -> None:
    claimed = facts_of_a_build(platform, **changed)
    assert judged(BUILD, platform, FACTS, built=False, claimed=claimed).reason == reason


@pytest.mark.parametrize("built", [True, False])
def test_build_whose_end_nobody_knows_is_red(platform: Platform, built: bool) -> None:
    assert judged(BUILD, platform, replace(FACTS, created=None), built=built).reason == "build-time-unknown"


def test_build_of_this_run_ends_after_the_runs_own_time(platform: Platform) -> None:
    assert judged(BUILD, platform, replace(FACTS, created=LATER)).outcome == "pass"


CONFIGURATION = "m1d.image.configuration"
# Made up, and put together here so that no scanner takes it for real.
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


@pytest.mark.parametrize(
    "changed",
    [
        {"env": {"AWS_SECRET_ACCESS_KEY": "x"}},
        {"env": {"NOTE": TOKEN}},
        {"labels": {"note": TOKEN}},
        {"entrypoint": ("run", "--with", TOKEN)},
        {"cmd": ("run", TOKEN)},
        {"history": ("RUN true", f"RUN curl -H {TOKEN}")},
    ],
    ids=["name", "value", "label", "entrypoint", "cmd", "history"],
)
def test_secret_of_the_configuration_is_red_and_leaves_no_copy(
    platform: Platform, tmp_path: Path, changed: dict[str, Any]
) -> None:
    kept = tmp_path / "manifests" / f"podman-{HEX}" / "manifest.json"
    layer = tmp_path / "layers" / HEX
    for path in (kept, layer):
        path.parent.mkdir(parents=True)
        path.write_text(TOKEN)
    clean = judged(CONFIGURATION, platform, FACTS, cache=tmp_path)
    assert (clean.outcome, kept.exists(), layer.exists()) == ("pass", True, True)
    record = judged(CONFIGURATION, platform, replace(FACTS, **changed), cache=tmp_path)
    assert (record.outcome, record.reason) == ("fail", "secret-in-image")
    assert TOKEN not in "".join(record.found)
    assert not kept.exists()
    assert not layer.exists()
