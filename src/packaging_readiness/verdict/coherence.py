"""Contradictions inside one run: results that deny the identity, the image, or each other."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.header import Identity
from packaging_readiness.verdict.results import Result

_HELP = ("m1b.run.help[", "m1b.run.subcommand-help[")
_REFUSES = re.compile(r"^m1b\..*-(enforced|refused)\[")
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
    shown: str, identity: Identity, image: Mapping[str, Any] | None, results: Mapping[str, Result]
) -> None:
    """Raise InputRefused for a run that says two things of one fact: run id, git sha, cleanliness, image, outcome.

    What a foreign report observed is not repeated in the message.
    """
    for row_id, problem in _contradictions(identity, image, results):
        raise InputRefused(shown, f"{row_id}: {problem}", "hand in what the run itself wrote")


def _contradictions(
    identity: Identity, image: Mapping[str, Any] | None, results: Mapping[str, Result]
) -> Iterator[tuple[str, str]]:
    for row_id, result in results.items():
        if result.held and (result.found or (result.outcome == "pass" and result.reason)):
            yield row_id, "passes, and says what was found wrong"
        if row_id.startswith(_HELP) and result.held and result.observation.get("exit_code", 0) != 0:
            yield row_id, "passes, and its program ended with an exit code that is not 0"
        if result.held and result.observation.get("exit_code") == 0 and _REFUSES.search(row_id):
            yield row_id, "passes, and its program ended with exit code 0 where it had to refuse"
    clean = results.get(_CLEAN)
    if clean is not None and clean.held and (identity.dirty or clean.observation.get("dirty_tree") is True):
        yield _CLEAN, "passes, and the tree is said to be dirty"
    digest = image["digest"] if image else None
    facts = [(row_id, name, getattr(identity, name)) for row_id, name in _OF_RUN]
    for row_id, name, value in (*facts, *((row_id, name, digest) for row_id, name in _OF_IMAGE)):
        result_of = results.get(row_id)
        if result_of is None or not result_of.held:
            continue
        if name == "registry_digest" and result_of.observation.get("platform_digest") == value:
            continue  # the tag names an index, which has a digest of its own
        if result_of.observation.get(name, value) != value:
            yield row_id, f"passes, and its {name} is not the run's ({value or 'which used no image'})"
