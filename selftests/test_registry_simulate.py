"""Push permission by policy simulation: a real boto3 client with queued answers, validated by botocore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.registry.errors import RoleNotFound
from packaging_readiness.registry.permissions import REPOSITORY_ACTIONS, TOKEN_ACTION, missing
from packaging_readiness.registry.simulate import simulate, simulate_with

ROLE = "arn:aws:iam::230372904534:role/GitHubAction-AssumeRoleWithAction"
REPOSITORY = "arn:aws:ecr:eu-west-2:230372904534:repository/fraud-platform-dev-full"
OPERATION = "simulate_principal_policy"


@pytest.fixture
def stubber() -> Iterator[Any]:
    import boto3
    from botocore.stub import Stubber

    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = boto3.session.Session(region_name="eu-west-2", **keys).client("iam")
    with Stubber(client) as active:
        yield active
    client.close()


def result(action: str, decision: str = "allowed", **more: Any) -> dict[str, Any]:
    return {"EvalActionName": action, "EvalDecision": decision, **more}


def queue(stubber: Any, *pages: tuple[str, Sequence[dict[str, Any]]]) -> None:
    """One answer per (resource, results); several in a row for one resource are pages of one answer."""
    for position, (resource, results) in enumerate(pages):
        more = position + 1 < len(pages) and pages[position + 1][0] == resource
        later = position > 0 and pages[position - 1][0] == resource
        expected = {
            "PolicySourceArn": ROLE,
            "ActionNames": [TOKEN_ACTION] if resource == "*" else list(REPOSITORY_ACTIONS),
            "ResourceArns": [resource],
            "ContextEntries": [
                {
                    "ContextKeyName": "aws:RequestedRegion",
                    "ContextKeyValues": ["eu-west-2"],
                    "ContextKeyType": "string",
                }
            ],
            **({"Marker": "next"} if later else {}),
        }
        answer = {"EvaluationResults": list(results), "IsTruncated": more, **({"Marker": "next"} if more else {})}
        stubber.add_response(OPERATION, answer, expected)


ALLOWED = [result(action) for action in REPOSITORY_ACTIONS]
TOKEN = ("*", [result(TOKEN_ACTION)])


def test_a_role_that_may_push_misses_nothing(stubber: Any) -> None:
    queue(stubber, (REPOSITORY, ALLOWED), TOKEN)
    decisions = simulate_with(stubber.client, ROLE, REPOSITORY)
    assert [decision.action for decision in decisions] == [*REPOSITORY_ACTIONS, TOKEN_ACTION]
    assert missing(decisions) == ()
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    "detail",
    [
        {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
        {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
    ],
    ids=["boundary", "organisation"],
)
def test_a_boundary_that_refuses_what_is_said_to_be_allowed_leaves_it_open(
    stubber: Any, detail: dict[str, Any]
) -> None:
    queue(stubber, (REPOSITORY, [result(REPOSITORY_ACTIONS[0], **detail), *ALLOWED[1:]]), TOKEN)
    decisions = simulate_with(stubber.client, ROLE, REPOSITORY)
    assert [decision.outcome for decision in decisions[:2]] == ["undecidable", "allowed"]


def test_each_refused_action_is_named_with_its_outcome_over_several_pages(stubber: Any) -> None:
    first = [
        result("ecr:BatchCheckLayerAvailability", "implicitDeny"),
        result("ecr:INITIATElayerupload", "explicitDeny"),
        result("ecr:UploadLayerPart", MissingContextValues=["aws:PrincipalTag/team"]),
    ]
    queue(stubber, (REPOSITORY, first), (REPOSITORY, ALLOWED[3:]), TOKEN)
    decisions = simulate_with(stubber.client, ROLE, REPOSITORY)
    assert [decision.outcome for decision in decisions[:4]] == ["not_granted", "denied", "undecidable", "allowed"]
    assert missing(decisions) == REPOSITORY_ACTIONS[:3]


@pytest.mark.parametrize(
    ("code", "error"),
    [("AccessDenied", CannotTell), ("Throttling", CannotTell), ("NoSuchEntity", RoleNotFound)],
)
def test_what_iam_refuses_is_told_apart(stubber: Any, code: str, error: type[Exception]) -> None:
    stubber.add_client_error(OPERATION, service_error_code=code, service_message="TOKEN-VALUE")
    with pytest.raises(error) as caught:
        simulate_with(stubber.client, ROLE, REPOSITORY)
    assert "TOKEN-VALUE" not in str(caught.value)


def test_an_action_without_an_answer_is_never_taken_for_allowed(stubber: Any) -> None:
    queue(stubber, (REPOSITORY, ALLOWED[1:]), TOKEN)
    with pytest.raises(CannotTell, match="BatchCheckLayerAvailability"):
        simulate_with(stubber.client, ROLE, REPOSITORY)


def test_an_unknown_decision_cannot_be_told() -> None:
    class Novel:
        def simulate_principal_policy(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"EvaluationResults": [result("ecr:PutImage", "perhaps")]}

    with pytest.raises(CannotTell, match="unknown decision"):
        simulate_with(Novel(), ROLE, REPOSITORY)


def test_pages_without_end_are_given_up() -> None:
    class Endless:
        def simulate_principal_policy(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"EvaluationResults": [], "IsTruncated": True, "Marker": "again"}

    with pytest.raises(CannotTell, match="pages"):
        simulate_with(Endless(), ROLE, REPOSITORY)


def test_what_is_no_role_is_refused_before_aws_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputRefused):
        simulate("someone", REPOSITORY)
    monkeypatch.setenv("AWS_PROFILE", "nonsense")
    with pytest.raises(CannotTell):
        simulate(ROLE, REPOSITORY)
