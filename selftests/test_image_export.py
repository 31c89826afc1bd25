"""Reading exported layouts: every digest checked, nothing guessed. docker's archive is written by a stand-in."""

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.export import BLOB_LIMIT, OCI_INDEX, OCI_MANIFEST, Exported, export, sha256
from packaging_readiness.image.facts import from_exported

ID = "sha256:" + "1" * 64
CONFIG: dict[str, Any] = {
    "architecture": "amd64",
    "os": "linux",
    "created": "2024-05-06T09:08:07.123456789+02:00",
    "config": {"Env": ["A=b=c", "EMPTY="], "Labels": None},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:aa"]},
    "history": [{"created_by": "COPY a b", "empty_layer": True}, {}],
}


def descriptor(data: bytes, media_type: str = OCI_MANIFEST, **more: object) -> dict[str, object]:
    return {"mediaType": media_type, "digest": sha256(data), "size": len(data), **more}


def image(config: Mapping[str, Any] = CONFIG) -> Exported:
    blob = json.dumps(config).encode()
    return Exported(json.dumps({"mediaType": OCI_MANIFEST, "config": descriptor(blob)}).encode(), blob)


def docker(directory: Path, blobs: list[bytes], top: list[dict[str, object]] | None) -> Engine:
    """A docker whose `save --output FILE ID` writes this layout."""
    named = {f"blobs/sha256/{sha256(blob)[7:]}": blob for blob in blobs}
    if top is not None:
        named["index.json"] = json.dumps({"manifests": top}).encode()
    with tarfile.open(directory / "layout.tar", "w") as archive:
        for name, data in named.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    program = directory / "docker"
    program.write_text(f'#!/bin/sh\n[ "$1 $2 $4" = "save --output {ID}" ] && cp {directory}/layout.tar "$3"\n')
    program.chmod(0o755)
    return Engine("docker", "27.0", str(program))


def test_manifest_is_found_behind_an_index_and_beside_an_attestation(tmp_path: Path) -> None:
    whole, attestation = image(), b"{}"
    beside = descriptor(attestation, annotations={"vnd.docker.reference.type": "attestation-manifest"})
    inner = {"manifests": [descriptor(whole.manifest), beside]}
    index = json.dumps(inner).encode()
    engine = docker(tmp_path, [whole.manifest, whole.config, attestation, index], [descriptor(index, OCI_INDEX)])
    assert export(engine, ID, tmp_path / "cache") == whole
    (tmp_path / "docker").unlink()
    assert export(engine, ID, tmp_path / "cache") == whole, "the second time it comes from the cache"


LAYERS = (b"first layer", b"second layer", b"first layer")


def old_docker(
    directory: Path, layers: tuple[bytes, ...] = LAYERS, listing: bytes | None = None
) -> tuple[Engine, str, bytes]:
    """A docker before 25: its archive, the image id and the configuration; a repeated layer is a link."""
    rootfs = {"type": "layers", "diff_ids": [sha256(layer) for layer in LAYERS]}
    config = json.dumps({**CONFIG, "rootfs": rootfs}).encode()
    engine, image_id = docker(directory, [], None), sha256(config)
    name = f"{image_id[7:]}.json"
    entries = [{"Config": name, "RepoTags": None, "Layers": [f"{number}/layer.tar" for number in range(len(layers))]}]
    listed = json.dumps(entries).encode() if listing is None else listing
    with tarfile.open(directory / "layout.tar", "w") as archive:
        for path, data in {name: config, "manifest.json": listed}.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for number, layer in enumerate(layers):
            member = tarfile.TarInfo(f"{number}/layer.tar")
            if layer in layers[:number]:
                member.type, member.linkname = tarfile.SYMTYPE, f"../{layers.index(layer)}/layer.tar"
            else:
                member.size = len(layer)
            archive.addfile(member, io.BytesIO(layer))
    program = directory / "docker"
    program.write_text(program.read_text().replace(ID, image_id))
    return engine, image_id, config


def test_manifest_of_an_old_docker_names_its_configuration_and_its_layers(tmp_path: Path) -> None:
    engine, image_id, config = old_docker(tmp_path)
    exported = export(engine, image_id, tmp_path / "cache")
    manifest = json.loads(exported.manifest)
    assert exported.config == config
    assert (manifest["schemaVersion"], manifest["mediaType"]) == (2, OCI_MANIFEST)
    assert manifest["config"] == descriptor(config, "application/vnd.oci.image.config.v1+json")
    assert manifest["layers"] == [descriptor(layer, "application/vnd.oci.image.layer.v1.tar") for layer in LAYERS]
    assert export(engine, image_id, tmp_path / "other cache").manifest == exported.manifest


def test_archive_of_an_old_docker_that_is_not_the_images_is_refused(tmp_path: Path) -> None:
    for layers in (LAYERS[:2], (b"other", *LAYERS[1:]), ()):
        engine, image_id, _ = old_docker(tmp_path, layers)
        with pytest.raises(CannotTell, match="layers are not those"):
            export(engine, image_id, tmp_path / "cache")
    for listing, cause in (
        (b"[]", "exported 0 images"),
        (b"{}", "exported 0 images"),
        (b"no JSON", "malformed archive"),
        (b"[[]]", "malformed archive"),
        (b'[{"Config": "absent.json", "Layers": []}]', "malformed archive"),
        (b'[{"Config": "manifest.json", "Layers": []}]', "configuration is not the image's"),
        (b"x" * (BLOB_LIMIT + 1), "larger than"),
    ):
        engine, image_id, _ = old_docker(tmp_path, listing=listing)
        with pytest.raises(CannotTell, match=cause):
            export(engine, image_id, tmp_path / "cache")
    (tmp_path / "layout.tar").write_bytes(b"no archive")
    with pytest.raises(CannotTell, match="no readable archive"):
        export(engine, image_id, tmp_path / "cache")
    assert not (tmp_path / "cache" / "manifests").exists()


def test_bytes_that_are_not_those_of_their_digest_are_refused(tmp_path: Path) -> None:
    whole = image()
    engine = docker(tmp_path, [whole.config], [descriptor(whole.manifest)])
    with pytest.raises(CannotTell, match="wrote no blobs/sha256"):
        export(engine, ID, tmp_path / "cache")
    for data, cause in ((whole.manifest + b" ", "are not those of"), (b"x" * (BLOB_LIMIT + 1), "larger than")):
        with tarfile.open(tmp_path / "layout.tar", "a") as archive:
            member = tarfile.TarInfo(f"blobs/sha256/{sha256(whole.manifest)[7:]}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        with pytest.raises(CannotTell, match=cause):
            export(engine, ID, tmp_path / "cache")


@pytest.mark.parametrize(
    ("top", "cause"),
    [
        ([], "exported 0 images"),
        ([descriptor(image().manifest), descriptor(image().manifest)], "exported 2 images"),
        ([{"digest": "md5:1"}], "no sha256 digest"),
        ([{"digest": "sha256:../../etc/passwd"}], "no sha256 digest"),
        ([descriptor(b"no JSON")], "manifest is not JSON"),
        ([descriptor(b"[]")], "manifest is not a JSON object"),
        ([descriptor(b"{}")], "names no configuration"),
    ],
)
def test_incoherent_layout_is_refused(top: list[dict[str, object]], cause: str, tmp_path: Path) -> None:
    blobs = [image().manifest, image().config, b"no JSON", b"[]", b"{}"]
    with pytest.raises(CannotTell, match=cause):
        export(docker(tmp_path, blobs, top), ID, tmp_path / "cache")
    assert list((tmp_path / "cache").glob("export-*")) == []


def test_configuration_is_read_as_it_stands() -> None:
    facts = from_exported("a:b", ID, (), image())
    assert facts.created == "2024-05-06T07:08:07Z"
    assert facts.env == {"A": "b=c", "EMPTY": ""}
    assert (facts.user, facts.workdir, facts.entrypoint, facts.labels) == ("", "/", (), {})
    assert facts.history == ("COPY a b", "")
    assert from_exported("a:b", ID, (), image({**CONFIG, "created": None})).created is None


@pytest.mark.parametrize(
    "broken",
    [
        {"architecture": None, "rootfs": {}},
        {**CONFIG, "config": []},
        {**CONFIG, "config": {"Env": "A=b"}},
        {**CONFIG, "config": {"Cmd": [1]}},
        {**CONFIG, "created": "yesterday"},
        {**CONFIG, "created": "2024-05-06T09:08:07"},
        {**CONFIG, "history": ["COPY"]},
    ],
)
def test_malformed_configuration_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(CannotTell, match="image configuration: is malformed"):
        from_exported("a:b", ID, (), image(broken))
