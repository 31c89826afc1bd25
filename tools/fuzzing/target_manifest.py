"""What tells of an image: OCI layout, manifest, configuration, a registry's index, a role's policy, a package list."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools.fuzzing import edits
from tools.fuzzing.images import INDEX, LAYER, OCI, Engine, as_json, digest, layout, scanned
from tools.fuzzing.target import Target, attempt


def _manifest_seeds() -> list[bytes]:
    nested = as_json({"schemaVersion": 2, "manifests": [{"mediaType": INDEX, "digest": digest(b"{}"), "size": 2}]})
    return [
        b"-- seal=digests --\n",
        b"-- index.json --\n" + nested + b"\n",
        b'-- seal=digests --\n-- config.json /created --\n"2024-05-06"\n-- config.json /history --\n[{}]\n',
        b"-- seal=digests --\n-- manifest.json /layers --\n[]\n-- index.json /manifests/0/annotations --\n{}\n",
        b"-- registry.json /manifests/0/platform --\n{}\n-- packages.json /rpm --\nnull\n",
        b"-- policy.json /Statement --\n{}\n",
    ]


def _run_manifest(data: bytes) -> None:
    from packaging_readiness.image.export import export
    from packaging_readiness.image.facts import from_exported
    from packaging_readiness.image.packages import Unnamed, read_packages
    from packaging_readiness.registry.manifest import INDEX_TYPES, choose_platform, read_manifest
    from packaging_readiness.registry.model import Manifest
    from packaging_readiness.registry.permissions import evaluate

    found = edits.parse(data)
    files = edits.applied(found, layout())
    index, manifest, config = (files.get(name, b"") for name in ("index.json", "manifest.json", "config.json"))
    good = layout()
    if "digests" in edits.words(found, b"seal"):
        manifest = manifest.replace(digest(good["config.json"]).encode(), digest(config).encode())
        index = index.replace(digest(good["manifest.json"]).encode(), digest(manifest).encode())
    blobs = {f"blobs/sha256/{digest(blob)[7:]}": blob for blob in (manifest, config, LAYER, b"{}")}
    shutil.rmtree("cache", ignore_errors=True)
    Path("cache").mkdir()
    engine: Any = Engine("podman", {"index.json": index, **blobs})
    exported = attempt(export, engine, "sha256:" + "1" * 64, Path("cache"))
    facts = None if exported is None else attempt(from_exported, "a:b", "sha256:" + "1" * 64, (), exported)
    if facts is not None:
        attempt(scanned, engine, facts)
    for kind in sorted(INDEX_TYPES | {OCI}):
        document = attempt(read_manifest, Manifest(files.get("registry.json", b""), kind), "registry")
        if document is not None:
            attempt(choose_platform, document, "linux/amd64", "registry")
    answer, policy = _loaded(files.get("packages.json", b"")), _loaded(files.get("policy.json", b""))
    if isinstance(answer, dict):
        with suppress(Unnamed):
            attempt(read_packages, answer)
    role = "arn:aws:iam::123456789012:role/packaging"
    attempt(evaluate, [policy], role, "arn:aws:ecr:eu-west-2:123456789012:repository/a/b")


def _loaded(data: bytes) -> Any:
    """The value as the readers' callers load it; None for what they refuse."""
    from packaging_readiness.contract.canonical import read_json

    return attempt(read_json, data, "document")


TARGET = Target(
    name="manifest",
    reads="",
    seeds=_manifest_seeds,
    run=_run_manifest,
    mutate=edits.EditMutator(layout, (b"seal=digests",)),
    readers=(
        "packaging_readiness.image.export:_select",
        "packaging_readiness.image.layers:_wanted",
        "packaging_readiness.registry.manifest:_json_object",
        "packaging_readiness.registry.permissions:read_statements",
    ),
)
