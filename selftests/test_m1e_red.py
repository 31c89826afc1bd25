"""Workflow readiness: every ambiguity of the dispatch path has its own reason, and the unbroken platform has none."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from packaging_readiness.contract.errors import ReadinessError
from packaging_readiness.contract.inventory import expand, packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.check import ATTRIBUTE, CheckFailed, Record
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.reference import CONTRACT
from selftests.breaks import WORKFLOW
from selftests.in_process import _modules, red
from selftests.main_job import commit, fresh_platform, run
from selftests.platform_edits import Change, replace

DISPATCHABLE = "m1e.workflow.dispatchable"
ON_DEFAULT = "m1e.workflow.on-default-branch"
UNAMBIGUOUS = "m1e.workflow.unambiguous"
TARGETABLE = "m1e.workflow.ref-targetable"
SECOND = ".github/workflows/second.yml"


def git(root: Path, *arguments: str) -> None:
    """One git command in the checkout."""
    ran = run(["git", *arguments], cwd=root)
    assert ran.status == 0, ran.text


def second_workflow(script: str) -> Change:
    """Another workflow beside the packaging one, with one step."""

    def change(root: Path) -> None:
        text = f"on: workflow_dispatch\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: {script}\n"
        (root / SECOND).write_text(text)

    return change


def dispatch_checks(root: Path) -> dict[str, Record]:
    """The records of the checks of the dispatch path, run in this process on a git checkout."""
    contract, _ = load_contract(str(root / CONTRACT))
    platform = Platform(root, contract)
    functions = {getattr(f, ATTRIBUTE): f for module in _modules("m1e") for f in vars(module).values() if _is_check(f)}
    records = {}
    for row in expand(packaged_checks(), contract):
        if row.id.startswith("m1e.workflow."):
            function, record = functions[row.id], Record(row, contract)
            given = {"platform": platform, "contract": contract, "record": record}
            try:
                function(**{name: given[name] for name in inspect.signature(function).parameters})
            except (CheckFailed, ReadinessError) as error:
                record.raised(error, "call")
            records[row.id] = record
    return records


def _is_check(value: object) -> bool:
    return hasattr(value, ATTRIBUTE)


def removed(root: Path) -> None:
    (root / WORKFLOW).unlink()


def renamed(root: Path) -> None:
    (root / WORKFLOW).rename(root / SECOND)


@dataclass(frozen=True, slots=True)
class Case:
    """A change of the checkout (committed), then git commands; and by hand the rows that are red, with reasons."""

    red: Mapping[str, str]
    change: Change | None = None
    after: Sequence[Sequence[str]] = ()
    before: Sequence[Sequence[str]] = ()
    says: str = ""


CASES: Mapping[str, Case] = {
    "unbroken": Case({}),
    "not-dispatchable": Case(
        {DISPATCHABLE: "not-dispatchable"},
        replace(WORKFLOW, ("  workflow_dispatch:\n", "  workflow_call:\n")),
        says="has no workflow_dispatch",
    ),
    "dispatched-and-called": Case(
        {}, replace(WORKFLOW, ("  workflow_dispatch:\n", "  workflow_call:\n  workflow_dispatch:\n"))
    ),
    "input-of-another-name": Case(
        {DISPATCHABLE: "inputs-missing"},
        replace(WORKFLOW, ("      ref:\n", "      revision:\n")),
        says="no input 'ref'",
    ),
    "push-left-out": Case(
        {DISPATCHABLE: "pushes-nothing"},
        replace(WORKFLOW, ('docker push "$ECR_REPO_URI:$IMAGE_TAG"', "docker images")),
        says="no step is seen to push an image",
    ),
    "removed": Case(
        {DISPATCHABLE: "workflow-missing", ON_DEFAULT: "not-on-default-branch"},
        removed,
        says="is not in the checkout",
    ),
    "renamed": Case(
        {
            DISPATCHABLE: "workflow-missing",
            ON_DEFAULT: "not-on-default-branch",
            UNAMBIGUOUS: "two-packaging-workflows",
        },
        renamed,
        says=f"{SECOND} pushes an image as well",
    ),
    "second-candidate": Case(
        {UNAMBIGUOUS: "two-packaging-workflows"},
        second_workflow('docker push "$ECR_REPO_URI:again"'),
        says=f"{SECOND} pushes an image as well",
    ),
    "second-workflow-that-only-tests": Case({}, second_workflow("pytest -q")),
    "only-on-a-side-branch": Case(
        {ON_DEFAULT: "not-on-default-branch"},
        before=(
            ("rm", "--quiet", WORKFLOW),
            ("commit", "--quiet", "--no-gpg-sign", "--message=Without"),
            ("checkout", "--quiet", "-b", "side", "HEAD~1"),
        ),
        says=f"{WORKFLOW} is not on main",
    ),
    "side-branch-with-the-workflow-on-both": Case({}, before=(("checkout", "--quiet", "-b", "side"),)),
    "no-default-branch": Case(
        {ON_DEFAULT: "default-branch-ambiguous"},
        before=(("branch", "--move", "main", "feature"),),
        says="default branch unknown",
    ),
    "detached": Case(
        {TARGETABLE: "ref-not-targetable"},
        before=(
            ("checkout", "--quiet", "--detach"),
            ("commit", "--quiet", "--no-gpg-sign", "--allow-empty", "--message=On no branch"),
        ),
        says="the head is detached",
    ),
    "detached-at-the-tip-of-a-branch": Case({}, before=(("checkout", "--quiet", "--detach"),)),
}


@pytest.mark.parametrize("name", CASES)
def test_dispatch_path(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    root = fresh_platform(tmp_path / "platform")
    git(root, "config", "user.name", "Nobody")
    git(root, "config", "user.email", "nobody@example.invalid")
    for command in case.before:
        git(root, *command)
    if case.change is not None:
        case.change(root)
        commit(root)
    rows = dispatch_checks(root)
    assert set(rows) == {DISPATCHABLE, ON_DEFAULT, UNAMBIGUOUS, TARGETABLE}
    assert red(rows) == case.red
    assert case.says in "\n".join(line for record in rows.values() for line in record.found)
