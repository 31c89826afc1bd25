"""The OCI manifest and configuration of an image, as the engine itself exports them."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.tar import FAILURES, open_tar
from packaging_readiness.image.docker_archive import derive
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.locks import workshop

BLOB_LIMIT = 4 * 1024 * 1024
EXPORT_TIMEOUT_S = 600.0
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
_PLACE = "image export"

Reader = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """Manifest and configuration, byte for byte; the configuration is the one that the manifest names."""

    manifest: bytes
    config: bytes


def sha256(data: bytes) -> str:
    """The digest of `data` in the OCI form `sha256:<64 hex digits>`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def export(engine: Engine, image_id: str, cache_dir: Path) -> Exported:
    """Manifest and configuration of the image with this id: exported once, then taken from `cache_dir`.

    podman exports layers uncompressed, because compressed bytes differ between versions of the compressor:
    the same image id always gives the same manifest, and it is the one podman itself stores for an image
    that was built here. docker before 25 exports no OCI layout: there the manifest is derived from the
    configuration and the layers it does export. CannotTell: the engine cannot export, or exports something
    incoherent.
    """
    kept = cache_dir / "manifests" / f"{engine.name}-{image_id.removeprefix('sha256:')}"
    try:
        return _select(_directory(kept))
    except FileNotFoundError:
        pass
    except CannotTell:
        pass  # a damaged cache entry costs a second export, never a wrong digest
    try:
        with workshop(cache_dir, "export", lambda _: None, "exporting the image") as scratch:
            exported = _exported(engine, image_id, scratch)
            _keep(exported, kept, scratch / "kept")
    except OSError as problem:
        raise CannotTell(_PLACE, f"cannot be read or kept: {problem.strerror or problem}") from problem
    return exported


def _exported(engine: Engine, image_id: str, scratch: Path) -> Exported:
    if engine.name == "podman":
        target = scratch / "layout"
        options = ["--quiet", "--uncompressed", "--format", "oci-dir", "--output", str(target)]
        engine.call("save", *options, image_id, timeout_s=EXPORT_TIMEOUT_S, hide=[scratch])
        return _select(_directory(target))
    archive = scratch / "image.tar"
    engine.call("save", "--output", str(archive), image_id, timeout_s=EXPORT_TIMEOUT_S, hide=[scratch])
    if "index.json" in _names(archive):
        return _select(_archive(archive))
    return Exported(*derive(archive, image_id, _bounded, BLOB_LIMIT))


def _names(archive: Path) -> frozenset[str]:
    try:
        with open_tar(archive, "r:") as opened:
            return frozenset(opened.getnames())
    except FAILURES as problem:
        raise CannotTell(_PLACE, "docker save wrote no readable archive") from problem


def _directory(root: Path) -> Reader:
    def read(name: str) -> bytes:
        with (root / name).open("rb") as file:
            return _bounded(file.read(BLOB_LIMIT + 1))

    return read


def _archive(path: Path) -> Reader:
    def read(name: str) -> bytes:
        try:
            with open_tar(path, "r:") as archive:
                file = archive.extractfile(name)
                data = None if file is None else file.read(BLOB_LIMIT + 1)
        except KeyError:
            data = None
        except FAILURES as problem:
            raise CannotTell(_PLACE, f"docker save wrote no readable archive ({type(problem).__name__})") from problem
        if data is None:
            raise CannotTell(_PLACE, f"docker save wrote no {name}")
        return _bounded(data)

    return read


def _bounded(data: bytes) -> bytes:
    if len(data) > BLOB_LIMIT:
        raise CannotTell(_PLACE, f"a manifest or configuration is larger than {BLOB_LIMIT} bytes")
    return data


def _select(read: Reader) -> Exported:
    """Follow the layout's index to its one image manifest and configuration, checking every digest."""
    descriptors = _manifests(read("index.json"))
    while len(descriptors) == 1 and descriptors[0].get("mediaType") == OCI_INDEX:
        descriptors = _manifests(_blob(read, descriptors[0]))
    if len(descriptors) != 1:
        raise CannotTell(_PLACE, f"the engine exported {len(descriptors)} images, expected one")
    manifest = _blob(read, descriptors[0])
    config = _object(manifest, "manifest").get("config")
    if not isinstance(config, dict):
        raise CannotTell(_PLACE, "the manifest names no configuration")
    return Exported(manifest, _blob(read, config))


def _manifests(index: bytes) -> list[dict[str, Any]]:
    listed = _object(index, "index").get("manifests")
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise CannotTell(_PLACE, "the index lists no manifests")
    if not all(isinstance(entry.get("annotations") or {}, dict) for entry in listed):
        raise CannotTell(_PLACE, "the index has a manifest with malformed annotations")
    # attestations that docker stores beside an image are listed as manifests, too
    return [entry for entry in listed if "vnd.docker.reference.type" not in (entry.get("annotations") or {})]


def _blob(read: Reader, descriptor: dict[str, Any]) -> bytes:
    digest = descriptor.get("digest")
    if not isinstance(digest, str) or not digest.startswith("sha256:") or not digest[7:].isalnum():
        raise CannotTell(_PLACE, "a descriptor has no sha256 digest")
    data = read(f"blobs/sha256/{digest[7:]}")
    if sha256(data) != digest:
        raise CannotTell(_PLACE, f"the exported bytes are not those of {digest}")
    return data


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise CannotTell(_PLACE, f"the {what} is not JSON") from problem
    if not isinstance(value, dict):
        raise CannotTell(_PLACE, f"the {what} is not a JSON object")
    return value


def _keep(exported: Exported, kept: Path, scratch: Path) -> None:
    """Store both blobs as a small layout of their own."""
    blobs = scratch / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for data in (exported.manifest, exported.config):
        (blobs / sha256(data)[7:]).write_bytes(data)
    entry = {"mediaType": OCI_MANIFEST, "digest": sha256(exported.manifest), "size": len(exported.manifest)}
    (scratch / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    kept.parent.mkdir(exist_ok=True)
    try:
        scratch.rename(kept)
    except OSError:
        shutil.rmtree(kept)  # a damaged entry: had it been whole, nobody would have exported again
        scratch.rename(kept)
