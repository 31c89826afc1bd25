"""Rules about the image: one digest, well-formed, of a platform manifest, under the tag of the commit."""

import re
from collections.abc import Iterator
from typing import Any

from packaging_readiness.evidence.facts import ANCHOR, FIELD, RESOLVED, Facts
from packaging_readiness.evidence.files import RESULTS
from packaging_readiness.evidence.problems import Problem

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_NAMED = (
    (FIELD.format("image_digest"), "image_digest"),
    (ANCHOR.format("oci_digest_value"), "oci_digest_value"),
    ("m1c.mismatch.digest-format", "image_digest"),
)
_TAGGED = (FIELD.format("image_tag"), RESOLVED, "m1c.mismatch.tag-carries-git-sha", "m1c.mismatch.mutable-tag")


def image_problems(facts: Facts) -> Iterator[Problem]:
    """All that is wrong with what rows that hold say of the image."""
    if facts.image is None and any("image" in row.check.needs and facts.held(row.id) for row in facts.rows):
        yield Problem("image-missing", RESULTS, "checks that need the image hold, and no image is named")
    claims = [(row_id, facts.fact(row_id, name)) for row_id, name in _NAMED if facts.held(row_id)]
    if facts.image is not None:
        claims.append((RESULTS, facts.image.get("digest")))
    resolved = [(RESOLVED, facts.fact(RESOLVED, name)) for name in ("registry_digest", "recomputed_digest")]
    for place, digest in (*claims, *(resolved if facts.held(RESOLVED) else ())):
        code = digest_fault(digest)
        if code is not None:
            yield Problem(code, place, "names no well-formed image digest")
    digests = {digest for _, digest in claims if isinstance(digest, str)}
    if len(digests) > 1:
        yield Problem("image-digest-differs", RESULTS, f"{len(digests)} image digests are named")
    algorithm = facts.fact(ANCHOR.format("oci_digest_algo"), "oci_digest_algo")
    if isinstance(algorithm, str) and any(not digest.startswith(f"{algorithm}:") for digest in digests):
        yield Problem("digest-algorithm-differs", ANCHOR.format("oci_digest_algo"), "is not the digest's algorithm")
    yield from _registry(facts, tuple(digests))
    yield from _tags(facts)


def digest_fault(value: Any) -> str | None:
    """The code of what is wrong with an image digest, or None."""
    if value is None or value == "":
        return "digest-missing"
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return None
    algorithm, _, digits = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not _HEX.fullmatch(digits):
        return "digest-malformed"
    if algorithm != "sha256":
        return "digest-algorithm"
    return "digest-length" if len(digits) != 64 else "digest-not-lower-case"


def _registry(facts: Facts, digests: tuple[str, ...]) -> Iterator[Problem]:
    # `digests` is a tuple: what is looked for in it is foreign, and a list or object has no hash.
    registry, recomputed = facts.fact(RESOLVED, "registry_digest"), facts.fact(RESOLVED, "recomputed_digest")
    media_type, size = facts.fact(RESOLVED, "manifest_media_type"), facts.fact(RESOLVED, "manifest_bytes")
    if registry != recomputed:
        yield Problem("registry-digest-differs", RESOLVED, "the digest is not that of the manifest's bytes")
    if media_type in _INDEXES:
        # An index of which the image is one platform has a digest of its own: that is no contradiction.
        if registry in digests:
            yield Problem("index-not-manifest", RESOLVED, "an index has the digest of the platform's manifest")
    elif facts.held(RESOLVED):
        if media_type not in _MANIFESTS:
            yield Problem("media-type-unknown", RESOLVED, "the media type is none of an image manifest")
        if digests and registry is not None and registry not in digests:
            yield Problem("tag-moved", RESOLVED, "the tag resolves to another image than the one that was checked")
    if facts.image is None or registry != facts.image.get("digest"):
        return
    if media_type is not None and facts.image.get("media_type") not in (media_type, None):
        yield Problem("media-type-differs", RESOLVED, "one digest has two media types")
    if size is not None and facts.image.get("manifest_bytes") not in (size, None):
        yield Problem("manifest-size-differs", RESOLVED, "one digest has two sizes")


def _tags(facts: Facts) -> Iterator[Problem]:
    tags = {row_id: facts.fact(row_id, "image_tag") for row_id in _TAGGED}
    known = {row_id: tag for row_id, tag in tags.items() if isinstance(tag, str)}
    if len(set(known.values())) > 1:
        yield Problem("tag-differs", RESULTS, f"{len(set(known.values()))} image tags are named")
    handles = facts.contract.handles
    pattern, sha = handles.get("IMAGE_TAG_GIT_SHA_PATTERN", ""), facts.run.get("git_sha")
    if "{git_sha}" not in pattern or not isinstance(sha, str):
        return
    moving = ("latest", handles.get("IMAGE_TAG_DEV_FULL_LATEST"))
    for row_id, tag in known.items():
        if tag in moving:
            yield Problem("tag-convenience", row_id, "is a tag that moves")
        elif tag != pattern.replace("{git_sha}", sha):
            yield Problem("tag-not-of-commit", row_id, "is not the tag of the run's commit")
