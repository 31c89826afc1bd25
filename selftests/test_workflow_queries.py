"""Questions about a workflow: where credentials come from, what runs first, and what a failing guard stops."""

from __future__ import annotations

import pytest

from packaging_readiness.checkout.workflow_model import Workflow
from packaging_readiness.checkout.workflow_queries import (
    credentials_steps,
    guard_gaps,
    runs_before,
    static_credentials,
)
from selftests.workflow_samples import SAMPLE, changed, named, one_step, read


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return read(SAMPLE)


def test_credentials_by_role_are_told_from_static_keys(workflow: Workflow) -> None:
    (found,) = credentials_steps(workflow)
    assert (found.step.name, found.role, found.static_inputs) == ("credentials", "${{ vars.ROLE }}", ())
    mixed = changed("aws-region:", "aws-access-key-id: ${{ secrets.K }}\n          aws-region:")
    (both,) = credentials_steps(mixed)
    assert both.static_inputs == ("aws-access-key-id",)
    assert credentials_steps(one_step("uses: actions/checkout@v4")) == ()


def test_every_way_to_set_a_static_credential_is_found(workflow: Workflow) -> None:
    assert static_credentials(workflow) == ()
    text = SAMPLE
    for old, new in (
        ("  REGION: eu-west-2\n", "  REGION: eu-west-2\n  AWS_SESSION_TOKEN: v1\n"),
        ("          echo done\n", '          echo "AWS_ACCESS_KEY_ID=v2" >> "$GITHUB_ENV"\n'),
        ("          aws-region:", "          aws-secret-access-key: v3\n          aws-region:"),
        ("echo reported", "aws configure set aws_secret_access_key v4"),
    ):
        assert old in text
        text = text.replace(old, new)
    found = static_credentials(read(text))
    assert [(one.name, one.place, one.line) for one in found] == [
        ("AWS_SESSION_TOKEN", "workflow", 16),
        ("AWS_ACCESS_KEY_ID", "job check, step 2", 30),
        ("AWS_SECRET_ACCESS_KEY", "job build, step 1", 46),
        ("AWS_SECRET_ACCESS_KEY", "job report, step 1", 59),
    ]
    assert not any(value in str(found) for value in ("v1", "v2", "v3", "v4"))


def test_a_step_runs_before_another_only_along_needs(workflow: Workflow) -> None:
    security, push = named(workflow, "security"), named(workflow, "push")
    assert runs_before(workflow, security, push)
    assert not runs_before(workflow, push, security)
    assert runs_before(workflow, workflow.steps[0], security)
    side_by_side = changed("    needs: check\n", "")
    assert not runs_before(side_by_side, named(side_by_side, "security"), named(side_by_side, "push"))


@pytest.mark.parametrize(
    ("old", "new", "gap"),
    [
        ("    needs: check\n", "", "does not run before"),
        ("        id: security\n", "        continue-on-error: true\n", "may fail"),
        ("        id: security\n", "        continue-on-error: ${{ inputs.x }}\n", "may fail"),
        ("        id: security\n", "        if: inputs.profile == 'dev'\n", "only under a condition"),
        ("    permissions: read-all\n", "    continue-on-error: true\n", "may fail"),
        ("    permissions: read-all\n", "    if: github.ref == 'x'\n", "job check runs only under a condition"),
        ("        if: success()\n", "        if: always()\n", "guarded step runs even after a failure"),
        ("        if: success()\n", "        if: ${{ !cancelled () }}\n", "guarded step runs even after a failure"),
        ("    needs: check\n", "    needs: check\n    if: failure()\n", "job build runs even after a failure"),
    ],
)
def test_a_guard_that_can_be_passed_by_is_reported(old: str, new: str, gap: str, workflow: Workflow) -> None:
    assert guard_gaps(workflow, named(workflow, "security"), named(workflow, "push")) == ()
    weak = changed(old, new)
    (found,) = guard_gaps(weak, named(weak, "security"), named(weak, "push"))
    assert gap in found


def test_a_job_that_may_fail_still_stops_at_its_own_failing_step() -> None:
    text = (
        "on: push\njobs:\n  a:\n    continue-on-error: true\n    steps:\n    - run: check\n    - run: docker push x\n"
    )
    workflow = read(text)
    assert guard_gaps(workflow, workflow.steps[0], workflow.steps[1]) == ()


@pytest.mark.parametrize("condition", ["success()", "${{ success() }}", "true", "${{ true }}"])
def test_a_condition_that_is_always_true_is_none(condition: str) -> None:
    same = changed("        id: security\n", f"        if: {condition}\n")
    assert guard_gaps(same, named(same, "security"), named(same, "push")) == ()
