"""The local receipt of a publication: what lies where, in which version, and how the bucket protects it."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging_readiness.contract.canonical import canonical_json
from packaging_readiness.contract.errors import CannotTell, ReadinessError
from packaging_readiness.evidence.publish import Published
from packaging_readiness.evidence.store_s3 import Bucket
from packaging_readiness.evidence.unfinished import unfinished


@dataclass(frozen=True, slots=True)
class Posture:
    """How the bucket protects what is in it. A lack is a note: it never blocks."""

    versioning: str | None
    object_lock: str | None
    notes: tuple[str, ...]


def posture(bucket: Bucket) -> Posture:
    """Versioning and Object Lock of the bucket; what may not be asked is a note as well."""
    notes: list[str] = []
    found: dict[str, str | None] = {}
    for name, title, ask in (
        ("versioning", "versioning", bucket.versioning),
        ("object_lock", "Object Lock", bucket.object_lock),
    ):
        try:
            found[name] = ask()
        except ReadinessError as error:
            notes.append(f"{title} of the bucket is not known: {error.cause}")
            continue
        if found[name] in (None, "Suspended"):
            consequence = "who may write may replace" if name == "versioning" else "who may delete may remove evidence"
            notes.append(f"the bucket has no {title}: {consequence}")
    return Posture(found.get("versioning"), found.get("object_lock"), tuple(notes))


def receipt(published: Published, state: Posture, verdict: str | None) -> dict[str, Any]:
    """The receipt as plain data; the same publication looked at again gives the same receipt."""
    plan = published.plan
    objects = []
    for entry in published.objects:
        content = asdict(entry)
        del content["state"]  # whether this run or an earlier one put it says nothing of what lies there
        objects.append(content)
    return {
        "object": "publish_receipt",
        "object_version": 1,
        "platform_run_id": plan.platform_run_id,
        "verdict": verdict,
        "bucket": plan.bucket,
        "prefix": plan.prefix,
        "versioning": state.versioning,
        "object_lock": state.object_lock,
        "notes": list(state.notes),
        "objects": objects,
    }


def write_receipt(path: Path, content: dict[str, Any]) -> None:
    """Write the receipt whole or not at all; an older one of the same name is replaced. Raises CannotTell."""
    try:
        with unfinished(path) as folder:
            whole = folder / path.name
            whole.write_bytes(canonical_json(content))
            whole.chmod(0o644)
            whole.replace(path)
    except OSError as error:
        raise CannotTell(
            path.name, f"the receipt cannot be written: {error.strerror}", "name another file with --receipt"
        ) from None
