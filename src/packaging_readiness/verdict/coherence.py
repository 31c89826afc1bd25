"""Contradictions inside one run: results that deny the identity, the image, or each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.verdict.header import Identity
from packaging_readiness.verdict.results import Result

_SHA = "m1c.provenance.field[git_sha]"
_DIGEST = "m1c.provenance.field[image_digest]"
_HELP = ("m1b.run.help[", "m1b.run.subcommand-help[")
_CLEAN = "m1c.provenance.clean-tree"


def refuse_contradictions(
    shown: str, identity: Identity, image: Mapping[str, Any] | None, results: Mapping[str, Result]
) -> None:
    """Raise InputRefused for a run that says two things of one fact: git sha, cleanliness, image, outcome."""
    for row_id, problem in _contradictions(identity, image, results):
        raise InputRefused(shown, f"{row_id}: {problem}", "hand in what the run itself wrote")


def _contradictions(
    identity: Identity, image: Mapping[str, Any] | None, results: Mapping[str, Result]
) -> Iterator[tuple[str, str]]:
    for row_id, result in results.items():
        if result.outcome == "pass" and (result.reason or result.found):
            yield row_id, "passes, and says what was found wrong"
        if row_id.startswith(_HELP) and result.held and result.observation.get("exit_code", 0) != 0:
            yield row_id, f"passes with exit code {result.observation['exit_code']}"
    clean = results.get(_CLEAN)
    if clean is not None and clean.held and (identity.dirty or clean.observation.get("dirty_tree") is True):
        yield _CLEAN, "passes, and the run's identity says the tree is dirty"
    digest = image["digest"] if image else None
    for row_id, name, value in ((_SHA, "git_sha", identity.git_sha), (_DIGEST, "image_digest", digest)):
        result_of = results.get(row_id)
        if result_of is not None and result_of.held and result_of.observation.get(name, value) != value:
            yield row_id, f"{name} is {result_of.observation[name]!r}, the run has {value!r}"
