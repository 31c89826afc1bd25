"""Rules on digests and tags: pure functions that answer with a reason code, or None where the rule holds."""

from __future__ import annotations

import hashlib
import re
from string import hexdigits

# OCI distribution specification 1.1, "tag".
TAG_GRAMMAR = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
# A full object name of git: SHA-1 or SHA-256.
_GIT_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PLACEHOLDER = "{git_sha}"


def digest_of(manifest: bytes) -> str:
    """The image digest as the OCI image specification defines it: sha256 of the manifest's exact bytes."""
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"


def check_digest(text: str | None) -> str | None:
    """Is it `sha256:` and 64 lower-case hexadecimal digits? Reason code, or None.

    Codes: digest-missing, digest-not-sha256, digest-uppercase, digest-not-hex, digest-short, digest-long.
    """
    if text is None or not text.strip():
        return "digest-missing"
    algorithm, colon, value = text.partition(":")
    if not colon or algorithm.lower() != "sha256":
        return "digest-not-sha256"
    if not set(value) <= set(hexdigits):
        return "digest-not-hex"
    if len(value) != 64:
        return "digest-short" if len(value) < 64 else "digest-long"
    return None if text == text.lower() else "digest-uppercase"


def check_tag(tag: str | None, *, pattern: str, git_sha: str | None, convenience_tag: str | None) -> str | None:
    """Is `tag` the immutable tag of exactly this commit? Reason code, or None.

    `pattern` holds `{git_sha}` once, as in `git-{git_sha}`; `git_sha` is a full git object name.
    Codes: tag-missing, tag-convenience, tag-latest, tag-malformed, tag-pattern-without-sha, git-sha-malformed,
    tag-sha-mismatch (right shape, other commit), tag-not-pattern.
    """
    if tag is None or not tag.strip():
        return "tag-missing"
    if tag == convenience_tag:
        return "tag-convenience"
    if tag.lower() == "latest":
        return "tag-latest"
    if not TAG_GRAMMAR.fullmatch(tag):
        return "tag-malformed"
    if pattern.count(_PLACEHOLDER) != 1:
        return "tag-pattern-without-sha"
    if git_sha is None or not _GIT_SHA.fullmatch(git_sha):
        return "git-sha-malformed"
    if tag == pattern.replace(_PLACEHOLDER, git_sha):
        return None
    before, after = pattern.split(_PLACEHOLDER)
    shape = re.escape(before) + "[0-9A-Fa-f]+" + re.escape(after)
    return "tag-sha-mismatch" if re.fullmatch(shape, tag) else "tag-not-pattern"
