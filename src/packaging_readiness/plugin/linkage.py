"""Run linkage: what the run pin and run.json say of the image, once a later phase has written them."""

from collections.abc import Mapping
from typing import Any

from packaging_readiness.contract.canonical import read_json
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.plugin.paths import resolved, tokens_of
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.settings import Settings

MIRRORS = ("EVIDENCE_RUN_JSON_KEY", "RUN_PIN_PATH_PATTERN")


def read_run_json(platform: Platform, settings: Settings) -> dict[str, Mapping[str, Any]]:
    """The run's mirrors that exist, by key: in the evidence bucket on real AWS, else below the platform's root.

    Raises InputRefused for a malformed mirror, CannotTell when the store cannot be asked.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for handle in MIRRORS:
        pattern = platform.handle(handle)
        if pattern is None or tokens_of(pattern) != {"platform_run_id"}:
            continue
        key = resolved(pattern, platform_run_id=settings.platform_run_id)
        data = _bucket(platform, key) if settings.aws == "real" else _local(platform, key)
        if data is not None:
            value = read_json(data, key)
            if not isinstance(value, dict):
                raise InputRefused(key, "is not a JSON object")
            found[key] = value
    return found


def _local(platform: Platform, key: str) -> bytes | None:
    path = platform.root / key
    if not path.resolve().is_relative_to(platform.root):
        raise InputRefused(key, "leads out of the platform's root")
    return platform.read(key) if path.exists() else None


def _bucket(platform: Platform, key: str) -> bytes | None:
    from packaging_readiness.registry.objects import read_object

    bucket = platform.handle("S3_EVIDENCE_BUCKET")
    if bucket is None:
        raise CannotTell(platform.handle_place("S3_EVIDENCE_BUCKET"), "S3_EVIDENCE_BUCKET is not pinned")
    region = platform.handle("AWS_REGION")
    if region is None:
        raise CannotTell(platform.handle_place("AWS_REGION"), "AWS_REGION is not pinned")
    return read_object(bucket, key, region)


def mismatches(mirrors: Mapping[str, Mapping[str, Any]], facts: Mapping[str, str]) -> list[str]:
    """Where a mirror differs from the provenance. A field that a mirror lacks is a difference."""
    return [
        f"{key}: {name} is {mirror.get(name)!r}, the provenance has {value!r}"
        for key, mirror in sorted(mirrors.items())
        for name, value in facts.items()
        if mirror.get(name) != value
    ]
