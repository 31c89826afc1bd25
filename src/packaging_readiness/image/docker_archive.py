"""What docker before 25 exports: its own archive, without an OCI manifest. The manifest is derived from its bytes."""

import hashlib
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.tar import FAILURES, open_tar

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
_PLACE = "image export"
_CHUNK = 1 << 20


def derive(path: Path, image_id: str, bounded: Callable[[bytes], bytes], limit: int) -> tuple[bytes, bytes]:
    """Manifest and configuration of the one image in the archive that `docker save` wrote.

    The manifest names the configuration and the uncompressed layers (OCI image specification, manifest.md),
    as the exports of podman and of newer dockers do. Every digest is computed from the archive's bytes and
    compared with the image id and the configuration's `diff_ids`; the same image id always gives the same
    manifest. CannotTell: the archive is broken, or its bytes are not those of the image.
    """
    try:
        with open_tar(path, "r:") as archive:
            return _derive(archive, image_id, bounded, limit)
    except tarfile.TarError as problem:
        raise CannotTell(_PLACE, "docker save wrote no readable archive") from problem
    except FAILURES as problem:
        raise CannotTell(_PLACE, f"docker save wrote a malformed archive ({type(problem).__name__})") from problem


def _derive(
    archive: tarfile.TarFile, image_id: str, bounded: Callable[[bytes], bytes], limit: int
) -> tuple[bytes, bytes]:
    listed = json.loads(bounded(_open(archive, "manifest.json").read(limit + 1)))
    if len(listed) != 1:
        raise CannotTell(_PLACE, f"the engine exported {len(listed)} images, expected one")
    (entry,) = listed
    config = bounded(_open(archive, entry["Config"]).read(limit + 1))
    descriptor = {"mediaType": CONFIG, "digest": "sha256:" + hashlib.sha256(config).hexdigest(), "size": len(config)}
    if descriptor["digest"] != image_id:
        raise CannotTell(_PLACE, "the exported configuration is not the image's")
    layers = [_layer(_open(archive, name)) for name in entry["Layers"]]
    if [layer["digest"] for layer in layers] != json.loads(config)["rootfs"]["diff_ids"]:
        raise CannotTell(_PLACE, "the exported layers are not those that the configuration names")
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor, "layers": layers}
    return json.dumps(manifest, separators=(",", ":")).encode("ascii"), config


def _open(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)  # follows the links that docker writes for a layer that occurs twice
    if file is None:
        raise KeyError(name)
    return file


def _layer(file: IO[bytes]) -> dict[str, Any]:
    total, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        total.update(chunk)
        size += len(chunk)
    return {"mediaType": LAYER, "digest": f"sha256:{total.hexdigest()}", "size": size}
