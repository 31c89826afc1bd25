"""Contradictions inside one run: results that deny the identity, the image, or each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.header import Identity
from packaging_readiness.verdict.rests_on import denial
from packaging_readiness.verdict.results import Result

_CLEAN = "m1c.provenance.clean-tree"
# Rows that observe a fact of the run: when they hold, they hold with the run's own value.
_OF_RUN = (
    ("m1c.provenance.field[platform_run_id]", "platform_run_id"),
    ("m1c.provenance.field[git_sha]", "git_sha"),
    (_CLEAN, "git_sha"),
)
_OF_IMAGE = (
    ("m1c.provenance.field[image_digest]", "image_digest"),
    ("m1c.provenance.anchor[oci_digest_value]", "oci_digest_value"),
    ("m1c.mismatch.tag-to-digest", "registry_digest"),
)


def refuse_contradictions(
    origin: Mapping[str, str], identity: Identity, image: Mapping[str, Any] | None, results: Mapping[str, Result]
) -> None:
    """Raise InputRefused for a run that says two things of one fact: run id, git sha, cleanliness, image, outcome.

    `origin` names the file that each result is from. What a foreign report observed is not repeated in the message.
    """
    for row_id, problem in _contradictions(identity, image, results):
        raise InputRefused(origin[row_id], f"{row_id}: {problem}", "hand in what the run itself wrote")


def _contradictions(
    identity: Identity, image: Mapping[str, Any] | None, results: Mapping[str, Result]
) -> Iterator[tuple[str, str]]:
    for row_id, result in results.items():
        if not result.held:
            continue
        if result.found or (result.outcome == "pass" and result.reason):
            yield row_id, "passes, and says what was found wrong"
        # A fact that is absent contradicts nothing; whoever verifies what was merged demands it.
        problem = denial(row_id, result.observation, needed=False)
        if problem is not None:
            yield row_id, problem
    clean = results.get(_CLEAN)
    if clean is not None and clean.held and (identity.dirty or clean.observation.get("dirty_tree") is True):
        yield _CLEAN, "passes, and the tree is said to be dirty"
    digest = image["digest"] if image else None
    facts = [(row_id, name, getattr(identity, name)) for row_id, name in _OF_RUN]
    for row_id, name, value in (*facts, *((row_id, name, digest) for row_id, name in _OF_IMAGE)):
        result_of = results.get(row_id)
        if result_of is None or not result_of.held:
            continue
        if name == "registry_digest" and image and result_of.observation.get("platform_digest") == value:
            continue  # the tag names an index, which has a digest of its own
        if result_of.observation.get(name, value) != value:
            yield row_id, f"passes, and its {name} is not the run's ({value or 'which used no image'})"
