"""May the managed workflow's role push? Asked of IAM on real AWS, else of the policy documents in the checkout."""

from collections.abc import Sequence

from packaging_readiness.contract.canonical import read_json
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.check import CheckFailed
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.plugin.resolution import repository
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.registry.permissions import Decision, evaluate


def push_decisions(platform: Platform, contract: Contract, settings: Settings) -> tuple[str, Sequence[Decision]]:
    """Where the answer came from, and one decision per action. Raises CannotTell or InputRefused."""
    push = contract.push
    arn = repository(platform).arn
    if settings.aws == "real":
        from packaging_readiness.registry.simulate import simulate

        return "iam-policy-simulation", simulate(push.role_arn, arn)
    if not push.policy_documents:
        raise CheckFailed("push-policy-unknown", "the contract names no policy document, and real AWS was not asked")
    documents = []
    for path in push.policy_documents:
        value = read_json(platform.read(path), path)
        if not isinstance(value, dict):
            raise InputRefused(path, "is not a policy document")
        documents.append(value)
    return "policy-documents", evaluate(documents, push.role_arn, arn)


def refuse_undecided(decisions: Sequence[Decision]) -> None:
    """Raise CannotTell for actions of which nobody can say here whether they are allowed: that is no fact about the
    role."""
    undecided = [decision for decision in decisions if decision.outcome == "undecidable"]
    if undecided:
        names = ", ".join(f"{decision.action} ({decision.because or 'no statement'})" for decision in undecided)
        cure = "write the grant without condition or variable, or have AWS decide with --aws real"
        raise CannotTell("push permission", f"depends on what the policy documents do not say: {names}", cure)
