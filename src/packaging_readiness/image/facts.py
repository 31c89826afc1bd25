"""What an image is: identity and configuration, read from the manifest and configuration it exports."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.engine import Engine
from packaging_readiness.image.export import OCI_MANIFEST, Exported, export, sha256


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """One image as its engine holds it.

    `image_id` and `digest` are `sha256:<hex>`; `digest` is the sha256 of `manifest`, the OCI manifest bytes
    that the engine exports. For an image that was pulled it can differ from the registry's digest (which is
    in `repo_digests`), because engines do not keep compressed layers. `created` is UTC to the second, or
    None where the image states no time. `entrypoint` and `cmd` are empty where the image has none. `env`
    holds names AND values: never print it. `diff_ids` are the digests of the uncompressed layers.
    """

    reference: str
    image_id: str
    digest: str
    media_type: str
    manifest: bytes = field(repr=False)
    architecture: str
    os: str
    env: Mapping[str, str] = field(repr=False)
    user: str
    workdir: str
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    labels: Mapping[str, str] = field(repr=False)
    created: str | None
    history: tuple[str, ...] = field(repr=False)
    diff_ids: tuple[str, ...]
    repo_digests: tuple[str, ...]

    @property
    def manifest_size(self) -> int:
        """Length of the manifest in bytes."""
        return len(self.manifest)


def identify(engine: Engine, reference: str) -> tuple[str, tuple[str, ...]] | None:
    """Image id and repository digests of a local image, or None where the engine has no such image."""
    if not reference or reference.startswith("-"):
        raise CannotTell("image reference", f"{reference!r} is not an image reference")
    output = engine.attempt("image", "inspect", reference)
    if output.code != 0:
        if _absent(output.stderr):
            return None
        raise engine.refusal(f"{engine.name} image inspect", output.code, output.stderr)
    try:
        found = json.loads(output.stdout)[0]
        image_id, digests = found["Id"], found.get("RepoDigests") or []
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        raise CannotTell(f"{engine.name} image inspect", "printed something else than an image") from problem
    image_id = str(image_id)
    full = image_id if image_id.startswith("sha256:") else f"sha256:{image_id}"
    return full, tuple(sorted(map(str, digests)))


def inspect(engine: Engine, reference: str, cache_dir: Path) -> ImageFacts:
    """The facts of a local image. CannotTell: no such image here, or it cannot be exported coherently."""
    identity = identify(engine, reference)
    if identity is None:
        raise CannotTell(
            f"{engine.name} image inspect",
            f"there is no image {reference} on this machine",
            f"build it, or fetch it with: {engine.name} pull {reference}",
        )
    image_id, repo_digests = identity
    return from_exported(reference, image_id, repo_digests, export(engine, image_id, cache_dir))


def from_exported(reference: str, image_id: str, repo_digests: tuple[str, ...], exported: Exported) -> ImageFacts:
    """Read an exported configuration (OCI image specification, config.md). CannotTell: it is malformed."""
    try:
        manifest, config = json.loads(exported.manifest), json.loads(exported.config)
        settings = _mapping(config.get("config"))
        return ImageFacts(
            reference=reference,
            image_id=image_id,
            digest=sha256(exported.manifest),
            media_type=str(manifest.get("mediaType") or OCI_MANIFEST),
            manifest=exported.manifest,
            architecture=str(config["architecture"]),
            os=str(config["os"]),
            env=dict(_pair(entry) for entry in _strings(settings.get("Env"))),
            user=str(settings.get("User") or ""),
            workdir=str(settings.get("WorkingDir") or "/"),
            entrypoint=_strings(settings.get("Entrypoint")),
            cmd=_strings(settings.get("Cmd")),
            labels={str(name): str(value) for name, value in _mapping(settings.get("Labels")).items()},
            created=_utc(config.get("created")),
            history=tuple(str(_mapping(step).get("created_by") or "") for step in config.get("history") or ()),
            diff_ids=_strings(config["rootfs"]["diff_ids"]),
            repo_digests=repo_digests,
        )
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
        raise CannotTell("image configuration", f"is malformed: {type(problem).__name__}") from problem


def _absent(stderr: bytes) -> bool:
    said = stderr.lower()
    return b"no such image" in said or b"image not known" in said


def _mapping(value: Any) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError
    return value


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError
    return tuple(value)


def _pair(entry: str) -> tuple[str, str]:
    name, _, value = entry.partition("=")
    return name, value


def _utc(value: Any) -> str | None:
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
