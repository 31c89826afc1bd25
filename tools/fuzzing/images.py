"""A small image in the forms in which engines and registries tell of one, and an engine whose export is the input."""

import functools
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.fuzzing.target import ROOT

OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
_STATUS = {"/var/lib/dpkg/status": [{"Package": "libc6", "Version": "2.36-9", "Architecture": "amd64"}]}


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def tar(files: Mapping[str, bytes], **links: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tape:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
        for name, leads in links.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, leads
            tape.addfile(info)
    return stream.getvalue()


LAYER = tar({"etc/app.conf": b"password = hunter2horse\n", "usr/bin/\u00e9" * 12: b"x" * 700}, link="../../etc/shadow")


@functools.cache
def layout() -> Mapping[str, bytes]:
    """An OCI layout of one image, and the other documents that tell of images."""
    config = as_json(
        {
            "architecture": "amd64", "os": "linux", "created": "2024-05-06T09:08:07.123456789+02:00",
            "config": {"Env": ["A=b=c", "EMPTY="], "Labels": {"a": "b"}, "User": "1", "Entrypoint": ["x"], "Cmd": None},
            "rootfs": {"type": "layers", "diff_ids": [digest(LAYER)]},
            "history": [{"created_by": "COPY a b", "empty_layer": True}, {}],
        }
    )  # fmt: skip
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(LAYER), "size": len(LAYER)}
    head = {"schemaVersion": 2, "mediaType": OCI}
    manifest = as_json({**head, "config": {"mediaType": "c", "digest": digest(config), "size": 1}, "layers": [layer]})
    entry = {"mediaType": OCI, "digest": digest(manifest), "size": len(manifest), "annotations": {"a": "b"}}
    platform = {"platform": {"os": "linux", "architecture": "amd64"}}
    return {
        "index.json": as_json({"schemaVersion": 2, "manifests": [entry]}),
        "manifest.json": manifest,
        "config.json": config,
        "registry.json": as_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": [{**entry, **platform}]}),
        "policy.json": (ROOT / "fixtures/reference_platform/infra/iam/packaging_role.policy.json").read_bytes(),
        "packages.json": as_json(
            {"python": "3.11.2", "unreadable": [], "release": "ID=debian\n", "pypi": [["a", "1"]], "apk": {},
             "deb": _STATUS, "rpm": [["a", "1", "x"]]}
        ),
    }  # fmt: skip


class Engine:
    """An engine whose export is the input: it runs nothing."""

    def __init__(self, name: str, files: Mapping[str, bytes]) -> None:
        self.name = name
        self.files = files

    def call(self, *arguments: str, **_: object) -> bytes:
        target = Path(arguments[arguments.index("--output") + 1])
        for name, content in self.files.items():
            path = target / name if name else target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return b""


def scanned(engine: Any, facts: Any) -> None:
    from packaging_readiness.image.layers import exported_layers
    from packaging_readiness.secrets.layers import scan_layers

    with exported_layers(engine, facts, 0, Path("cache")) as layers:
        scan_layers(layers)
