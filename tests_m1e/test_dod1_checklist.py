"""M1.E, box 1: the build-go checklist is explicit and complete."""

from packaging_readiness.checkout.git import file_on_ref
from packaging_readiness.checkout.workflow import find_workflows, read_workflow
from packaging_readiness.checkout.workflow_push import push_steps
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Condition
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.pack import Pack
from packaging_readiness.plugin.platform import Platform


@check("m1e.workflow.dispatchable")
def test_workflow_is_dispatchable(platform: Platform, contract: Contract, record: Record) -> None:
    """The packaging workflow takes workflow_dispatch with the contract's inputs and pushes an image."""
    path = contract.workflow.path
    record.observe(workflow_path=path)
    record.require((platform.root / path).is_file(), "workflow-missing", f"{path}: is not in the checkout")
    workflow = platform.workflow
    record.require(workflow.dispatchable, "not-dispatchable", f"{path}: has no workflow_dispatch")
    names = {entry.name for entry in workflow.inputs}
    missing = [f"{path}: no input {name!r}" for name in contract.workflow.required_inputs if name not in names]
    record.require(not missing, "inputs-missing", *missing)
    record.require(bool(push_steps(workflow)), "pushes-nothing", f"{path}: no step is seen to push an image")


@check("m1e.workflow.on-default-branch")
def test_workflow_is_on_the_default_branch(platform: Platform, contract: Contract, record: Record) -> None:
    """The workflow file is on the default branch, as far as local refs know."""
    branch = platform.git.default_branch
    record.observe(default_branch=branch.name)
    if branch.ref is None:
        found = f"default branch unknown; candidates: {', '.join(branch.candidates) or 'none'}"
        record.fail("default-branch-ambiguous", (found,))
    wanted = contract.workflow.default_branch
    record.require(branch.name == wanted, "default-branch-differs", f"it is {branch.name}, the contract says {wanted}")
    there = file_on_ref(platform.root, branch.ref, contract.workflow.path)
    record.require(there is not None, "not-on-default-branch", f"{contract.workflow.path} is not on {branch.name}")


@check("m1e.workflow.unambiguous")
def test_one_workflow_packages(platform: Platform, contract: Contract, record: Record) -> None:
    """No second workflow pushes an image."""
    candidates = []
    for file in find_workflows(platform.root):
        path = file.relative_to(platform.root).as_posix()
        if push_steps(read_workflow(platform.read(path), path)):
            candidates.append(path)
    record.observe(candidates=candidates)
    others = [path for path in candidates if path != contract.workflow.path]
    record.require(not others, "two-packaging-workflows", *(f"{path} pushes an image as well" for path in others))


@check("m1e.workflow.ref-targetable")
def test_branch_can_be_targeted(platform: Platform, record: Record) -> None:
    """The commit under test is on a branch that --ref can name."""
    git = platform.git
    record.observe(branch=git.branch)
    branches = [name for name, commit in git.branches if commit == git.sha]
    record.require(bool(branches), "ref-not-targetable", f"no branch points at {git.sha}; the head is detached")


@check("m1e.preconditions")
def test_precondition(row: Condition, pack: Pack, record: Record) -> None:
    """Each build-go precondition holds."""
    pack.decide(record)


@check("m1e.no-go")
def test_no_go_condition(row: Condition, pack: Pack, record: Record) -> None:
    """No no-go condition is present."""
    pack.decide(record)
