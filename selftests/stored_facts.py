"""A few stored results as the rules of `verify` read them: rows that hold with what they observed, and nothing else.

A whole bundle takes a quarter of a second; these take microseconds, so that each rule can be asked about each edge.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.contract.model import Contract
from packaging_readiness.evidence.facts import Facts
from packaging_readiness.evidence.problems import Problem
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST, RUN_ID, WRITTEN_AT

CONTRACT, CONTRACT_DATA = load_contract("dev_full")
ROWS = expand(packaged_checks(), CONTRACT)
PHASE = "P(-1)"
RUN: Mapping[str, Any] = {
    "platform_run_id": RUN_ID,
    "written_at_utc": WRITTEN_AT,
    "git_sha": GIT_SHA,
    "dirty": False,
    "aws": "real",
    "workflow_run_id": None,
    "workflow_run_url": None,
    "carried": {"waivers": [], "acceptances": []},
}
IMAGE: Mapping[str, Any] = {
    "digest": IMAGE_DIGEST,
    "media_type": "application/vnd.oci.image.manifest.v1+json",
    "manifest_bytes": 2724,
    "origin": "given",
}


def row(row_id: str, outcome: str = "pass", **more: Any) -> dict[str, Any]:
    """One entry of `results`."""
    return {"id": row_id, "outcome": outcome, "observation": {}, **more}


def held(row_id: str, **observation: Any) -> dict[str, Any]:
    """A row that passes, with what it observed."""
    return row(row_id, observation=observation)


def facts(
    *results: Any,
    run: Mapping[str, Any] | None = None,
    image: Any = None,
    contract: Contract = CONTRACT,
    **top: Any,
) -> Facts:
    """The facts in these results: of the run above with what `run` changes, under `contract`."""
    data = {"phase_id": PHASE, "run": {**RUN, **(run or {})}, "image": image, "results": list(results), **top}
    return Facts.of(data, contract, ROWS if contract is CONTRACT else expand(packaged_checks(), contract))


def told(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Code and place of each problem, in their order."""
    return [(problem.code, problem.name) for problem in problems]
