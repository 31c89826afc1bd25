"""Reads a manifest or an index: media types, and the choice of the platform's manifest. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from packaging_readiness.registry.errors import (
    ManifestMalformed,
    MediaTypeMismatch,
    MediaTypeUnknown,
    PlatformAmbiguous,
    PlatformNotFound,
)
from packaging_readiness.registry.model import Manifest
from packaging_readiness.registry.resolve import check_digest

IMAGE_TYPES = frozenset(
    {
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
    }
)
INDEX_TYPES = frozenset(
    {
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.index.v1+json",
    }
)
ACCEPTED_TYPES = tuple(sorted(IMAGE_TYPES | INDEX_TYPES))
DEFAULT_PLATFORM = "linux/amd64"
MAX_BYTES = 4 * 1024 * 1024  # ECR's limit on imageManifest, and what registries are asked to accept by OCI.


@dataclass(frozen=True, slots=True)
class Descriptor:
    """How an index names one of its manifests (OCI image specification, "descriptor"). `size` in bytes."""

    media_type: str
    digest: str
    size: int


def read_manifest(manifest: Manifest, place: str) -> Mapping[str, object]:
    """Return the JSON object behind a manifest or index whose media type is known and stated consistently.

    Raises MediaTypeUnknown, MediaTypeMismatch, or ManifestMalformed: too large, not UTF-8, not one JSON object,
    a name twice in an object (readers differ on which one counts), another schemaVersion than 2.
    """
    if manifest.media_type not in IMAGE_TYPES | INDEX_TYPES:
        raise MediaTypeUnknown(
            place, f"media type {manifest.media_type[:120]!r} is not known", f"push one of {ACCEPTED_TYPES}"
        )
    document = _json_object(manifest.bytes, place)
    stated = document.get("mediaType", manifest.media_type)
    if stated != manifest.media_type:
        raise MediaTypeMismatch(
            place, f"the registry says {manifest.media_type}, the manifest says {str(stated)[:120]!r}"
        )
    # bool is an int to Python, and 2.0 == 2: neither is what the specification's integer 2 means.
    if type(document.get("schemaVersion")) is not int or document["schemaVersion"] != 2:
        raise ManifestMalformed(place, "schemaVersion is not 2")
    body = "manifests" if manifest.media_type in INDEX_TYPES else "layers"
    if not isinstance(document.get(body), list):
        raise ManifestMalformed(place, f"`{body}` is not a list")
    return document


def choose_platform(index: Mapping[str, object], platform: str, place: str) -> Descriptor:
    """Pick the one image manifest for `platform` (`os/architecture` or `os/architecture/variant`).

    Raises PlatformNotFound, PlatformAmbiguous, ManifestMalformed (a descriptor without digest, size or type).
    """
    os_name, architecture, *variant = platform.split("/")
    wanted = {"os": os_name, "architecture": architecture}
    if variant:
        wanted["variant"] = variant[0]
    entries = index.get("manifests")
    found = [
        entry
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
        and isinstance(entry.get("platform"), dict)
        and all(entry["platform"].get(key) == value for key, value in wanted.items())
    ]
    if not found:
        raise PlatformNotFound(place, f"the index has no manifest for {platform}", f"build for {platform}")
    if len(found) > 1:
        raise PlatformAmbiguous(place, f"the index has {len(found)} manifests for {platform}")
    return _descriptor(found[0], place)


def _descriptor(entry: Mapping[str, object], place: str) -> Descriptor:
    media_type, digest, size = entry.get("mediaType"), entry.get("digest"), entry.get("size")
    if not isinstance(media_type, str) or media_type not in IMAGE_TYPES:
        raise MediaTypeUnknown(place, f"the index names media type {str(media_type)[:120]!r} for its platform")
    if not isinstance(digest, str) or check_digest(digest) or type(size) is not int:
        raise ManifestMalformed(place, "the index describes its platform without a sha256 digest and a size")
    return Descriptor(media_type, digest, size)


def _json_object(data: bytes, place: str) -> Mapping[str, object]:
    if len(data) > MAX_BYTES:
        raise ManifestMalformed(place, f"{len(data)} bytes, more than {MAX_BYTES}")
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ManifestMalformed(place, f"not a well-formed JSON document ({type(error).__name__})") from None
    if not isinstance(document, dict):
        raise ManifestMalformed(place, "not a JSON object")
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name occurs twice")
    return document


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")
