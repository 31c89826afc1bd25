"""`bundle_claim.json`: the first object of a publication, which takes the run id for one manifest."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.canonical import canonical_json, sha256
from packaging_readiness.evidence.files import MANIFEST
from packaging_readiness.evidence.json_faults import Fault, parse, read_object
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import CLAIM, Found

_KEYS = {"object", "object_version", "phase_id", "platform_run_id", "manifest_sha256"}


def claim_for(manifest: bytes, content: Mapping[str, Any]) -> bytes:
    """The claim of the bundle whose manifest has these bytes and this content: the same each time it is made."""
    return canonical_json(
        {
            "object": "bundle_claim",
            "object_version": 1,
            "phase_id": content["phase_id"],
            "platform_run_id": content["platform_run_id"],
            "manifest_sha256": sha256(manifest),
        }
    )


def claim_problems(found: Found) -> Iterator[Problem]:
    """What is wrong with the claim: demanded of what was published, allowed in a copy of it."""
    data = found.files.get(CLAIM)
    if data is None:
        if found.published:
            yield Problem("claim-missing", CLAIM, "a publication starts with it")
        return
    content, malformed = read_object(CLAIM, data)
    yield from malformed
    if content is None:
        return
    if content.keys() != _KEYS or content.get("object") != "bundle_claim" or content.get("object_version") != 1:
        yield Problem("claim-malformed", CLAIM, "has other keys than it must, or another version")
        return
    manifest = found.files.get(MANIFEST)
    if manifest is None:
        return
    try:
        named = parse(manifest)
    except Fault:
        return  # told of the manifest itself
    for key, code in (("platform_run_id", "run-id-differs"), ("phase_id", "phase-differs")):
        if content[key] != named.get(key):
            yield Problem(code, CLAIM, f"{key} is not the manifest's")
    if content["manifest_sha256"] != sha256(manifest):
        yield Problem("claim-differs", CLAIM, "names another manifest than the one beside it")
