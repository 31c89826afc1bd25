"""Files that a build writes into the image are scanned, and where nobody knows the base the answer is an error."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.load import load_contract
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.export import Exported, sha256
from packaging_readiness.image.facts import ImageFacts, from_exported
from packaging_readiness.image.layers import exported_layers, layer_digests
from packaging_readiness.plugin.added_files import base_depth
from packaging_readiness.plugin.packaged import PackagedImage
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from packaging_readiness.secrets.layers import scan_layers
from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.rulepack import expand_example
from selftests.in_process import changed_platform
from selftests.main_job import commit, fresh_platform, main_job, on_platform
from selftests.platform_edits import replace

ROW = "m1d.image.added-files"
TOKEN = expand_example("ghp_{alnum:36}")
# Put together only by the running command: neither the Dockerfile nor the history holds the token.
WRITES = f"RUN printf 'token: %s%s\\n' {TOKEN[:20]} {TOKEN[20:]} > /app/service.yaml\n"
ID = "sha256:" + "1" * 64


def tape(**files: bytes) -> bytes:
    """A layer that adds these files."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"app/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


def engine(folder: Path, layers: list[bytes], shown: list[bytes] | None = None) -> tuple[Engine, ImageFacts]:
    """A docker that saves an image of `layers`, and for every reference names the layers `shown`."""
    digests = [sha256(layer) for layer in layers]
    config = json.dumps({"architecture": "x", "os": "linux", "rootfs": {"diff_ids": digests}}).encode()
    manifest = json.dumps({"layers": [{"digest": digest} for digest in digests]}).encode()
    with tarfile.open(folder / "layout.tar", "w") as archive:
        blobs = {f"blobs/sha256/{sha256(each)[7:]}": each for each in layers}
        for name, data in ({"index.json": b"{}"} | blobs).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    inspected = json.dumps([{"RootFS": {"Layers": [sha256(layer) for layer in shown or []]}}])
    (folder / "inspected").write_text(inspected)
    program = folder / "docker"
    program.write_text(
        f'#!/bin/sh\ncase "$1" in\nsave) cp {folder}/layout.tar "$3" ;;\nimages) echo base:1 ;;\n'
        f"*) {'cat ' + str(folder / 'inspected') if shown else 'exit 1'} ;;\nesac\n"
    )
    program.chmod(0o755)
    facts = from_exported("image:1", ID, (), Exported(manifest, config))
    return Engine("docker", "27.0", str(program)), facts


BASE, CLEAN, LEAK = tape(a=b"base\n"), tape(b=b"x: 1\n"), tape(c=f"token: {TOKEN}\n".encode())


def test_only_what_stands_above_the_base_is_scanned_and_the_second_time_without_an_export(tmp_path: Path) -> None:
    docker, facts = engine(tmp_path, [LEAK, CLEAN, LEAK])
    for _ in range(2):
        with exported_layers(docker, facts, 1, tmp_path / "cache") as layers:
            result = scan_layers(layers, engines=POLICY_ONLY)
        assert [(found.path, found.line) for found in result.findings] == [("image:/app/c", 1)]
        assert (result.scanned_files, result.errors) == (2, ())
        (tmp_path / "layout.tar").unlink(missing_ok=True)
    kept = next((tmp_path / "cache" / "layers").iterdir())
    kept.write_bytes(b"damaged")
    with pytest.raises(CannotTell), exported_layers(docker, facts, 1, tmp_path / "cache") as layers:
        scan_layers(layers, engines=POLICY_ONLY)


def test_layers_that_are_not_those_of_the_manifest_are_an_error(tmp_path: Path) -> None:
    docker, facts = engine(tmp_path, [BASE, CLEAN])
    other, _ = engine(tmp_path, [BASE, LEAK])
    with pytest.raises(CannotTell), exported_layers(other, facts, 0, tmp_path / "cache") as layers:
        scan_layers(layers)
    assert docker == other


@pytest.mark.parametrize("data", [LEAK[:530], b"\x1f\x8b" + bytes(20), b"no archive"], ids=["cut", "gzip", "text"])
def test_a_layer_that_cannot_be_read_to_its_end_is_an_error(data: bytes) -> None:
    result = scan_layers([io.BytesIO(data)], engines=POLICY_ONLY)
    assert [error.path for error in result.errors] == ["image:/(added layer 0)"]


@pytest.mark.parametrize(
    ("shown", "depth"), [([BASE], 1), ([BASE, CLEAN], 2), ([CLEAN], None), (None, None)],
    ids=["base", "deeper-base", "another-image", "not-here"],
)  # fmt: skip
def test_the_base_is_an_image_whose_layers_come_first_or_nobody_can_tell(
    tmp_path: Path, shown: list[bytes] | None, depth: int | None
) -> None:
    docker, facts = engine(tmp_path, [BASE, CLEAN], shown)
    root = changed_platform(tmp_path, lambda _: None)
    platform = Platform(root, load_contract(str(root / CONTRACT))[0])
    image = PackagedImage(docker, facts, False, None)
    if depth is None:
        assert layer_digests(docker, "base:1") != tuple(sha256(each) for each in (BASE, CLEAN))
        with pytest.raises(CannotTell, match="cannot be told from the base's"):
            base_depth(image, platform)
    else:
        assert base_depth(image, platform) == depth


def test_an_image_from_scratch_is_scanned_whole(tmp_path: Path) -> None:
    docker, facts = engine(tmp_path, [BASE, CLEAN])
    root = changed_platform(tmp_path, replace("Dockerfile", ("FROM ${BASE_IMAGE}\n", "FROM scratch\n")))
    platform = Platform(root, load_contract(str(root / CONTRACT))[0])
    assert base_depth(PackagedImage(docker, facts, False, None), platform) == 0


def test_a_key_that_run_writes_into_a_file_turns_exactly_this_check_red(tmp_path: Path) -> None:
    root = fresh_platform(tmp_path / "platform")
    replace("Dockerfile", ("USER 10001:10001\n", f"{WRITES}USER 10001:10001\n"))(root)
    commit(root)
    job = main_job(tmp_path / "job", *on_platform(root), "-m", "m1d")
    results = {row["id"]: row for row in job.object("check_results")["results"] if row["decided_by"] == "test"}
    red = {row_id: row["reason"] for row_id, row in results.items() if row["outcome"] in ("fail", "error")}
    assert red == {ROW: "secret-in-image-file"}
    assert "image:/app/service.yaml:1: key-and-value" in job.ran.stdout
    assert TOKEN not in job.ran.text
