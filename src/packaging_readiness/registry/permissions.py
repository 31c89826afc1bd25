"""May a role push to a repository? Pure evaluation of the role's own policy documents.

Session policies and organisation policies are not in those documents; a simulation on real AWS (`simulate.py`) takes
them into account. A permissions boundary shows in the role's description, where that is among the documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.registry.policy import Statement, action_matches, read_statements, resource_matches
from packaging_readiness.registry.role import own_policies

REPOSITORY_ACTIONS = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:DescribeImages",
)
TOKEN_ACTION = "ecr:GetAuthorizationToken"
_ROLE_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:iam::(?P<account>[0-9]{12}):role/[\x21-\x7e]+")
_REPOSITORY_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:ecr:[a-z0-9-]+:(?P<account>[0-9]{12}):repository/[a-z0-9._/-]+")

Outcome = Literal["allowed", "not_granted", "denied", "undecidable"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Outcome for one action on one resource. `because` names the statement that decided, or is empty.

    `undecidable`: only a statement whose condition or variable cannot be evaluated here would grant the action,
    or one that would deny it. It counts as missing.
    """

    action: str
    resource: str
    outcome: Outcome
    because: str


def push_requests(repository_arn: str) -> tuple[tuple[str, str], ...]:
    """The (action, resource) pairs that a push needs; the token is for the account, so its resource is `*`."""
    return (*((action, repository_arn) for action in REPOSITORY_ACTIONS), (TOKEN_ACTION, "*"))


def evaluate(documents: Sequence[Mapping[str, object]], role_arn: str, repository_arn: str) -> tuple[Decision, ...]:
    """Decide each push action, in the order of `push_requests`.

    A document is a policy, or what `aws iam get-role-policy` or `aws iam get-role` prints. Raises InputRefused for
    malformed documents or ARNs and for documents of another role; CannotTell when role and repository belong to
    different accounts (the repository's own policy would have to agree) and when the role has a permissions boundary.
    """
    check_arns(role_arn, repository_arn)
    statements = read_statements(own_policies(documents, role_arn))
    return tuple(_decide(statements, action, resource) for action, resource in push_requests(repository_arn))


def missing_actions(documents: Sequence[Mapping[str, object]], role_arn: str, repository_arn: str) -> tuple[str, ...]:
    """Names of the push actions that `evaluate` does not find allowed; empty when the role may push."""
    return missing(evaluate(documents, role_arn, repository_arn))


def missing(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """The actions among `decisions` that are not allowed beyond doubt."""
    return tuple(decision.action for decision in decisions if decision.outcome != "allowed")


def check_arns(role_arn: str, repository_arn: str) -> None:
    """Raises InputRefused for anything but a role's and a repository's ARN, CannotTell for two accounts."""
    role, repository = _ROLE_ARN.fullmatch(role_arn), _REPOSITORY_ARN.fullmatch(repository_arn)
    if role is None:
        raise InputRefused("role ARN", f"{role_arn[:200]!r} is not the ARN of an IAM role")
    if repository is None:
        raise InputRefused("repository ARN", f"{repository_arn[:300]!r} is not the ARN of an ECR repository")
    if role["account"] != repository["account"]:
        raise CannotTell(
            role_arn,
            "role and repository belong to different accounts, so the repository's own policy counts as well",
            "push with a role of the repository's account",
        )


# What decides, strongest first: a deny that applies, one that may, a grant that applies, one that may.
_RANKS: tuple[tuple[str, bool | None, Outcome], ...] = (
    ("Deny", True, "denied"),
    ("Deny", None, "undecidable"),
    ("Allow", True, "allowed"),
    ("Allow", None, "undecidable"),
)


def _decide(statements: Sequence[Statement], action: str, resource: str) -> Decision:
    applied = [(statement, _applies(statement, action, resource)) for statement in statements]
    for effect, wanted, outcome in _RANKS:
        for statement, applies in applied:
            if statement.effect == effect and applies is wanted:
                return Decision(action, resource, outcome, statement.place)
    return Decision(action, resource, "not_granted", "")


def _applies(statement: Statement, action: str, resource: str) -> bool | None:
    if not action_matches(statement.actions, action):
        return False
    matched = resource_matches(statement.resources, resource)
    return None if matched and statement.conditional else matched
