"""May a role push to a repository? Asked of real AWS by IAM policy simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.registry.aws_errors import translated
from packaging_readiness.registry.ecr import real_client
from packaging_readiness.registry.permissions import Decision, Outcome, check_arns, push_requests

_OPERATION = "iam:SimulatePrincipalPolicy"
_OUTCOMES: dict[str, Outcome] = {
    "allowed": "allowed",
    "explicitDeny": "denied",
    "implicitDeny": "not_granted",
}
_MAX_PAGES = 20


class IamClient(Protocol):
    """The part of boto3's IAM client that is needed."""

    def simulate_principal_policy(self, *args: Any, **parameters: Any) -> Mapping[str, Any]: ...


def simulate(role_arn: str, repository_arn: str) -> tuple[Decision, ...]:
    """Like `permissions.evaluate`, decided by AWS with all policies that it knows of.

    Raises InputRefused, RoleNotFound, and CannotTell where the simulation is not permitted or not conclusive.
    """
    check_arns(role_arn, repository_arn)
    with translated(_OPERATION, role_arn):
        client = real_client("iam", _region(repository_arn))
    try:
        return simulate_with(client, role_arn, repository_arn)
    finally:
        client.close()


def simulate_with(client: IamClient, role_arn: str, repository_arn: str) -> tuple[Decision, ...]:
    """`simulate` over a given client."""
    check_arns(role_arn, repository_arn)
    requests = push_requests(repository_arn)
    outcomes: dict[tuple[str, str], Outcome] = {}
    for resource in dict.fromkeys(resource for _, resource in requests):
        actions = [action for action, on in requests if on == resource]
        for result in _results(client, role_arn, actions, resource, _region(repository_arn)):
            outcomes[str(result.get("EvalActionName")).lower(), resource] = _outcome(result, role_arn)
    unanswered = [action for action, resource in requests if (action.lower(), resource) not in outcomes]
    if unanswered:
        raise CannotTell(role_arn, f"{_OPERATION} did not answer for {', '.join(unanswered)}", "run again")
    return tuple(
        Decision(action, resource, outcomes[action.lower(), resource], _OPERATION) for action, resource in requests
    )


def _results(
    client: IamClient, role_arn: str, actions: list[str], resource: str, region: str
) -> list[Mapping[str, Any]]:
    parameters: dict[str, Any] = {
        "PolicySourceArn": role_arn,
        "ActionNames": actions,
        "ResourceArns": [resource],
        # Known for certain, and what organisation policies most often ask about.
        "ContextEntries": [
            {
                "ContextKeyName": "aws:RequestedRegion",
                "ContextKeyValues": [region],
                "ContextKeyType": "string",
            }
        ],
    }
    results: list[Mapping[str, Any]] = []
    for _ in range(_MAX_PAGES):
        with translated(_OPERATION, role_arn):
            answer = client.simulate_principal_policy(**parameters)
        results += answer.get("EvaluationResults") or []
        if not answer.get("IsTruncated"):
            return results
        parameters["Marker"] = answer.get("Marker")
    raise CannotTell(role_arn, f"{_OPERATION} answered with more than {_MAX_PAGES} pages", "run again")


def _outcome(result: Mapping[str, Any], role_arn: str) -> Outcome:
    decision = _OUTCOMES.get(str(result.get("EvalDecision")))
    if decision is None:
        raise CannotTell(role_arn, f"{_OPERATION} answered with an unknown decision", "update packaging-readiness")
    if decision == "allowed" and (result.get("MissingContextValues") or _bounded(result)):
        return "undecidable"
    return decision


def _bounded(result: Mapping[str, Any]) -> bool:
    """Whether a boundary or organisation policy refuses what the decision allows: an answer that contradicts itself.

    (`MissingContextValues`: the value of a context key that some policy asks about is not known, so that the real
    request may be refused.)
    """
    details = (
        ("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary"),
        ("OrganizationsDecisionDetail", "AllowedByOrganizations"),
    )
    return any((result.get(detail) or {}).get(verdict) is False for detail, verdict in details)


def _region(repository_arn: str) -> str:
    return repository_arn.split(":")[3]
