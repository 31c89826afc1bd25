"""Rules about whose facts they are: one run, one phase, one commit, one repository, one role, one build."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging_readiness.evidence.facts import RESOLVED, Facts
from packaging_readiness.evidence.files import RESULTS
from packaging_readiness.evidence.problems import Problem

_REPOSITORY = re.compile(r"([0-9]+)\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(.+)")
_CLEAN = "m1c.provenance.clean-tree"
_BUCKET = "m1c.paths.evidence-bucket"
_ROLE = "m1c.push.role-permission"


def identity_problems(facts: Facts, manifest: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    """All that names another run, phase, commit, repository, role or build. `path` is where the bundle lay."""
    yield from _run_and_phase(facts, manifest, path)
    yield from _commit(facts)
    yield from _repository(facts)
    yield from _build(facts)


def _run_and_phase(facts: Facts, manifest: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    run_id, phase = facts.run.get("platform_run_id"), facts.contract.phase_id
    claims: list[tuple[str, Any]] = [("bundle_manifest.json", manifest.get("platform_run_id", run_id))]
    claims += [("m1c.provenance.field[platform_run_id]", facts.provenance("platform_run_id") or run_id)]
    if path[-3:-2] == ("runs",):
        claims.append((path[-2], path[-2]))
        if path[-1] != phase:
            yield Problem("phase-differs", path[-1], f"the contract's phase is {phase}")
    for name, claimed in claims:
        if claimed != run_id:
            yield Problem("run-id-differs", name, f"the results are of {_word(run_id)}")
    prefix = facts.fact(_BUCKET, "evidence_prefix")
    if isinstance(prefix, str) and isinstance(run_id, str) and run_id not in prefix.split("/"):
        yield Problem("run-id-differs", _BUCKET, f"its prefix is not of {_word(run_id)}")
    phases = [(RESULTS, facts.data.get("phase_id")), ("bundle_manifest.json", manifest.get("phase_id", phase))]
    phases.append(("m1c.provenance.field[phase_id]", facts.provenance("phase_id") or phase))
    for name, claimed in phases:
        if claimed != phase:
            yield Problem("phase-differs", name, f"the contract's phase is {phase}")


def _commit(facts: Facts) -> Iterator[Problem]:
    sha = facts.run.get("git_sha")
    for row_id in ("m1c.provenance.field[git_sha]", "m1c.mismatch.tag-carries-git-sha", _CLEAN):
        claimed = facts.fact(row_id, "git_sha")
        if claimed is not None and claimed != sha:
            yield Problem("git-sha-differs", row_id, f"the run is of {_word(sha)}")
    if facts.held(_CLEAN) and (facts.run.get("dirty") is not False or facts.fact(_CLEAN, "dirty_tree") is True):
        yield Problem("tree-dirty", _CLEAN, "holds, and the tree is said to be dirty")


def _repository(facts: Facts) -> Iterator[Problem]:
    pinned = facts.contract.handles.get("ECR_REPO_URI", "")
    for row_id in ("m1a.strategy.repository-uri-pinned", "m1c.provenance.field[ecr_repo_uri]", RESOLVED):
        claimed = facts.fact(row_id, "ecr_repo_uri")
        if isinstance(claimed, str) and claimed != pinned:
            yield Problem(_what_differs(claimed, pinned), row_id, "is not the repository that the contract pins")
    role = facts.fact(_ROLE, "role_arn")
    if role is not None and role != facts.contract.push.role_arn:
        yield Problem("role-differs", _ROLE, "is not the role that the contract pins")


def _what_differs(claimed: str, pinned: str) -> str:
    mine, theirs = _REPOSITORY.fullmatch(claimed), _REPOSITORY.fullmatch(pinned)
    if mine is None or theirs is None:
        return "repository-differs"
    names = ("account-differs", "region-differs", "repository-differs")
    return next((name for name, a, b in zip(names, mine.groups(), theirs.groups(), strict=True) if a != b), names[2])


def _build(facts: Facts) -> Iterator[Problem]:
    run_id, url = facts.run.get("workflow_run_id"), facts.run.get("workflow_run_url")
    managed = facts.contract.closure.build_driver == "github_actions"
    driver = facts.provenance("build_driver")
    if managed and driver == "github_actions" and (run_id is None or url is None):
        yield Problem("workflow-run-missing", RESULTS, "the build is said to be managed, and no workflow run is named")
    if not managed and (run_id is not None or url is not None):
        yield Problem("workflow-run-unexpected", RESULTS, "the contract demands no managed build")
    if isinstance(url, str) and isinstance(run_id, str) and run_id not in url.split("/"):
        yield Problem("workflow-run-differs", RESULTS, "workflow_run_url is of another run than workflow_run_id")
    pinned = facts.contract.handles.get("IMAGE_BUILD_DRIVER")
    if driver is not None and pinned is not None and driver != pinned:
        yield Problem("build-driver-differs", "m1c.provenance.field[build_driver]", f"the contract pins {pinned}")
    authority = facts.fact(RESOLVED, "authority")
    if authority is not None and (authority == "ecr") != (facts.run.get("aws") == "real"):
        yield Problem("authority-differs", RESOLVED, "another authority is claimed than the run asked")


def _word(value: Any) -> str:
    return value[:100] if isinstance(value, str) and value.isprintable() else "another"
