"""The bundle's manifest as typed values."""

import re
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.contract.canonical import canonical_json, read_json
from packaging_readiness.contract.decode import DecodeError, decode
from packaging_readiness.contract.errors import InputRefused

_NAME = re.compile(r"[a-z0-9_]+\.json")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One object: its file name, size in bytes, and digest."""

    name: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not the name of an object")
        if not _DIGEST.fullmatch(self.sha256):
            raise ValueError(f"{self.sha256!r} is not a digest")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `bundle_manifest.json`."""

    object: Literal["bundle_manifest"]
    object_version: Literal[1]
    phase_id: str
    platform_run_id: str
    objects: tuple[ManifestEntry, ...]


def read_manifest(data: bytes) -> Manifest:
    """The manifest in `data`. Raises InputRefused when it is malformed, not canonical, or lists an object twice."""
    value = read_json(data, "bundle_manifest.json")
    try:
        manifest = decode(Manifest, value)
    except DecodeError as error:
        raise InputRefused("bundle_manifest.json", error.message) from None
    names = [entry.name for entry in manifest.objects]
    if names != sorted(set(names)):
        raise InputRefused("bundle_manifest.json", "its objects are not sorted, or one is listed twice")
    if canonical_json(value) != data:
        raise InputRefused("bundle_manifest.json", "is not in the canonical form")
    return manifest
