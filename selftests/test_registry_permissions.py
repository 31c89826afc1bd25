"""Push permission from policy documents: what grants, what denies, and what cannot be decided and so is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.registry.permissions import (
    REPOSITORY_ACTIONS,
    TOKEN_ACTION,
    Decision,
    evaluate,
    missing_actions,
)

ROLE = "arn:aws:iam::230372904534:role/GitHubAction-AssumeRoleWithAction"
REPOSITORY = "arn:aws:ecr:eu-west-2:230372904534:repository/fraud-platform-dev-full"
ALL = (*REPOSITORY_ACTIONS, TOKEN_ACTION)


def allow(**fields: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **fields}


def deny(**fields: Any) -> dict[str, Any]:
    return allow(**fields) | {"Effect": "Deny"}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


PUSH = policy(
    allow(Sid="EcrPush", Action=list(REPOSITORY_ACTIONS), Resource=REPOSITORY),
    allow(Sid="EcrToken", Action=TOKEN_ACTION),
)


def missing(*statements: Any) -> tuple[str, ...]:
    return missing_actions([policy(*statements)], ROLE, REPOSITORY)


def test_the_least_policy_that_pushes_is_enough() -> None:
    assert missing_actions([PUSH], ROLE, REPOSITORY) == ()
    assert {decision.because for decision in evaluate([PUSH], ROLE, REPOSITORY)} == {
        "policy 1, statement 1 (EcrPush)",
        "policy 1, statement 2 (EcrToken)",
    }


@pytest.mark.parametrize("action", ALL)
def test_each_action_taken_away_is_named(action: str) -> None:
    rest = [other for other in ALL if other != action]
    assert missing(allow(Action=rest)) == (action,)
    assert missing(allow(), deny(Action=action)) == (action,)


def test_no_policy_grants_nothing() -> None:
    assert missing_actions([], ROLE, REPOSITORY) == ALL


def test_grants_add_up_over_documents_and_a_single_statement_needs_no_list() -> None:
    documents = [{"Statement": allow(Action=action)} for action in ALL]
    assert missing_actions(documents, ROLE, REPOSITORY) == ()


@pytest.mark.parametrize(
    "statement",
    [
        allow(),
        allow(Action="*:*"),
        allow(Action="ecr:*"),
        allow(Action="ECR:*"),
        allow(Action=[action.upper() for action in ALL]),
        allow(Action=["ecr:Batch*", "ecr:*Layer*", "ecr:Put?mage", "ecr:Describe*", "ecr:GetAuth*"]),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ecr:*", "NotResource": "arn:aws:ecr:*:*:repository/other"},
        allow(Condition={}),
    ],
    ids=lambda statement: json.dumps(statement)[:60],
)
def test_wide_grants_suffice(statement: dict[str, Any]) -> None:
    assert missing(statement) == ()


TOKEN = allow(Action=TOKEN_ACTION)


@pytest.mark.parametrize(
    "resource",
    [
        REPOSITORY,
        [REPOSITORY.replace("dev-full", "dev-min"), REPOSITORY],
        "arn:aws:ecr:eu-west-2:230372904534:repository/fraud-platform-*",
        "arn:aws:ecr:eu-west-2:230372904534:repository/fraud?platform?dev?full",
        "arn:aws:ecr:*:*:repository/*",
        "arn:aws:ecr:eu-west-2:*",
        "arn:aws:ecr:*",
        "arn:*",
    ],
)
def test_resources_that_cover_the_repository_grant(resource: str | list[str]) -> None:
    assert missing(allow(Resource=resource), TOKEN) == ()


@pytest.mark.parametrize(
    "resource",
    [
        REPOSITORY + "x",
        REPOSITORY.removesuffix("l"),
        REPOSITORY.upper().replace("ARN:", "arn:"),
        REPOSITORY + "/*",
        REPOSITORY.replace("eu-west-2", "eu-west-1"),
        REPOSITORY.replace("230372904534", "111111111111"),
        "arn:aws:ecr:eu-west-2:230372904534:repository/*-dev-min",
        "arn:aws:s3:::*",
    ],
)
def test_resources_beside_the_repository_do_not_grant(resource: str) -> None:
    assert missing(allow(Resource=resource), TOKEN) == REPOSITORY_ACTIONS


def test_the_token_is_not_granted_on_a_repository() -> None:
    assert missing(allow(Resource=REPOSITORY)) == (TOKEN_ACTION,)


def test_excluded_actions_and_resources_are_not_granted() -> None:
    assert missing({"Effect": "Allow", "NotAction": ["ecr:Put*", "s3:*"], "Resource": "*"}) == ("ecr:PutImage",)
    not_resource = {"Effect": "Allow", "Action": "*", "NotResource": REPOSITORY}
    assert missing(not_resource) == REPOSITORY_ACTIONS


def test_explicit_deny_wins_wherever_it_stands() -> None:
    denied = deny(Action="ecr:*Upload*")
    expected = ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload")
    assert missing(denied, allow()) == missing(allow(), denied) == expected
    assert missing_actions([policy(denied), PUSH], ROLE, REPOSITORY) == expected
    everything_else = {"Effect": "Deny", "NotAction": "ecr:*", "NotResource": "*"}
    assert missing(allow(), everything_else) == ()
    assert missing(allow(), deny(Resource=REPOSITORY + "x")) == ()


CONDITION = {"StringEquals": {"aws:PrincipalTag/team": "platform"}}


def test_a_condition_neither_grants_nor_lets_a_deny_pass_and_is_reported() -> None:
    assert missing(allow(Condition=CONDITION)) == ALL
    assert missing(allow(), deny(Action="ecr:PutImage", Condition=CONDITION)) == ("ecr:PutImage",)
    assert missing(allow(), deny(Action="s3:*", Condition=CONDITION)) == ()
    assert missing(allow(), deny(Resource=REPOSITORY + "x", Condition=CONDITION)) == ()
    decision = evaluate([policy(allow(Sid="Tagged", Condition=CONDITION))], ROLE, REPOSITORY)[0]
    assert decision == Decision(ALL[0], REPOSITORY, "undecidable", "policy 1, statement 1 (Tagged)")
    assert missing(allow(Condition=CONDITION), allow()) == ()


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:ecr:eu-west-2:230372904534:repository/${aws:PrincipalTag/repo}",
        "arn:aws:ecr:*2:230372904534:repository/${aws:PrincipalTag/repo}",
        # A star inside a segment: not documented to reach over a colon, not documented not to.
        "arn:aws:ecr:eu*platform-dev-full",
        "arn:aws:ecr",
    ],
)
def test_a_resource_that_the_document_alone_cannot_decide_counts_for_the_worse(resource: str) -> None:
    assert missing(allow(Resource=resource), TOKEN) == REPOSITORY_ACTIONS
    assert missing(allow(), deny(Resource=resource)) == REPOSITORY_ACTIONS
    assert missing({"Effect": "Allow", "Action": "*", "NotResource": resource}, TOKEN) == REPOSITORY_ACTIONS
    assert missing(allow(), {"Effect": "Deny", "Action": "ecr:PutImage", "NotResource": resource}) == ("ecr:PutImage",)


def test_a_variable_that_can_never_name_the_repository_decides() -> None:
    bucket = "arn:aws:s3:::${aws:username}"
    assert missing(allow(), deny(Resource=bucket)) == ()


def test_outcomes_are_told_apart() -> None:
    statements = [
        allow(Action="ecr:BatchGetImage"),
        deny(Action="ecr:PutImage"),
        deny(Action="ecr:PutImage", Condition=CONDITION),
        deny(Action="ecr:Upload*", Condition=CONDITION),
    ]
    outcomes = {row.action: row.outcome for row in evaluate([policy(*statements)], ROLE, REPOSITORY)}
    assert outcomes["ecr:BatchGetImage"] == "allowed"
    assert outcomes["ecr:PutImage"] == "denied"
    assert outcomes["ecr:UploadLayerPart"] == "undecidable"
    assert outcomes["ecr:DescribeImages"] == "not_granted"


@pytest.mark.parametrize(
    ("role", "repository", "error"),
    [
        ("arn:aws:iam::230372904534:user/me", REPOSITORY, InputRefused),
        ("GitHubAction", REPOSITORY, InputRefused),
        (ROLE + "\n", REPOSITORY, InputRefused),
        (ROLE, REPOSITORY + "\n", InputRefused),
        (ROLE, "*", InputRefused),
        (ROLE.replace("230372904534", "111111111111"), REPOSITORY, CannotTell),
    ],
)
def test_arns_that_are_not_this_role_and_repository_are_refused(
    role: str, repository: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        missing_actions([PUSH], role, repository)


ROLE_NAME = "GitHubAction-AssumeRoleWithAction"


def printed(document: Any, **more: Any) -> dict[str, Any]:
    """A policy as `aws iam get-role-policy` prints it."""
    return {"RoleName": ROLE_NAME, "PolicyName": "push", "PolicyDocument": document, **more}


def described(**more: Any) -> dict[str, Any]:
    """A role as `aws iam get-role` prints it."""
    return {"Role": {"RoleName": ROLE_NAME, "Arn": ROLE, **more}}


def test_policies_are_taken_as_the_command_line_prints_them() -> None:
    assert missing_actions([printed(PUSH), described()], ROLE, REPOSITORY) == ()
    assert missing_actions([printed(policy(allow(Action="s3:*")))], ROLE, REPOSITORY) == ALL


def test_a_permissions_boundary_cannot_be_told_from_the_documents() -> None:
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::230372904534:policy/b"}
    with pytest.raises(CannotTell, match="permissions boundary") as told:
        missing_actions([PUSH, described(PermissionsBoundary=boundary)], ROLE, REPOSITORY)
    assert "--aws real" in str(told.value)


@pytest.mark.parametrize(
    "document",
    [
        printed(PUSH, RoleName="another"),
        described(Arn=ROLE + "2"),
        {"Role": "text"},
        printed("text"),
        printed(PUSH, Extra=1),
        ["no document"],
    ],
    ids=["policy of another role", "another role", "no role", "no policy", "more keys", "list"],
)
def test_documents_of_another_role_or_form_are_refused(document: Any) -> None:
    with pytest.raises(InputRefused):
        missing_actions([PUSH, document], ROLE, REPOSITORY)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["*", "Allow", "ecr:*", REPOSITORY, "", "${x}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Version", "Statement", "Effect", "Action", "NotAction", "Resource", "Sid", "Condition"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=2))
def test_any_json_is_either_evaluated_or_refused(documents: list[Any]) -> None:
    try:
        found = missing_actions(documents, ROLE, REPOSITORY)
    except InputRefused:
        return
    assert set(found) <= set(ALL)
    # One deny of everything outweighs whatever the documents hold.
    assert missing_actions([*documents, policy(deny())], ROLE, REPOSITORY) == ALL
