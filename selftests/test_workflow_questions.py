"""Questions about a workflow at their edges: conditions, order, credentials, and what each level says."""

from __future__ import annotations

import json

import pytest

from packaging_readiness.checkout.workflow_queries import (
    credentials_steps,
    guard_gaps,
    ignores_failure,
    may_fail,
    runs_before,
    static_credentials,
)
from selftests.workflow_samples import job_of, one_step, read

TWO = "on: push\njobs:\n  a:\n{a}    steps:\n      - {{run: ./scan{guard}}}\n      - {{run: docker push x{push}}}\n"
JOBS = (
    "on: push\njobs:\n  a:\n{a}    steps: [{{run: ./scan}}]\n"
    "  b:\n    needs: a\n{b}    steps: [{{run: echo x}}]\n"
    "  c:\n    needs: b\n{c}    steps: [{{run: docker push x}}]\n"
    "  d:\n    needs: a\n{d}    steps: [{{run: echo x}}]\n"
    "  e:\n{e}    steps: [{{run: echo x}}]\n"
)


def in_one_job(a: str = "", guard: str = "", push: str = "") -> tuple[str, ...]:
    """The gaps between the two steps of one job."""
    workflow = read(TWO.format(a=a, guard=guard, push=push))
    return guard_gaps(workflow, workflow.steps[0], workflow.steps[1])


def across_jobs(**more: str) -> tuple[str, ...]:
    """The gaps between the step of job a and that of c, which needs b, which needs a; d and e lead nowhere."""
    workflow = read(JOBS.format(**{name: more.get(name, "") for name in "abcde"}))
    return guard_gaps(workflow, workflow.steps[0], workflow.steps[2])


@pytest.mark.parametrize(
    "condition",
    [
        "always()",
        "ALWAYS()",
        "failure()",
        "cancelled()",
        "cancelled ()",
        "!success()",
        "!cancelled()",
        "success() || x",
        "success() && !x",
        "always() && success()  || x",
        "x && always()",
        "success() && x || y",
        "x ${{ y && success() }}",
        "success() == x",
        "success()x",
        "xsuccess() && success(1)",
        "f(success() && success())",
        "f(x && success() && y)",
        "'x && success() && y'",
        "${{ always() }}",
        "${{ x }} && success()",
        "${{ success() }} && ${{ success() }}",
        "success() && x == '${{ y }}'",
        "a${{ success() }}",
        "${{ success() }}a",
        "success( ",
    ],
)
def test_a_condition_that_lets_a_step_run_after_a_failure(condition: str) -> None:
    assert ignores_failure(condition) is True


@pytest.mark.parametrize(
    "condition",
    [
        None,
        "",
        "true",
        "x == 'y'",
        "x || y",
        "!x",
        "${{ x }} || ${{ y }}",
        "always",
        "success",
        "xalways()",
        "is_failure()",
        "success()",
        "success ( )",
        "Success()",
        "${{ success() }}",
        "  ${{success()}}  ",
        "${{  success()  }}",
        "success() && x",
        "x && success()",
        "x != 'y' && success()",
        "x != 'y' && z != 'y' && success()",
        "f(x) && success() && y == 'z'",
        "success() && always()",
    ],
)
def test_a_condition_that_keeps_a_step_to_successes(condition: str | None) -> None:
    assert ignores_failure(condition) is False


@pytest.mark.parametrize(
    ("condition", "whole"),
    [
        ("true", True),
        (" true ", True),
        ("${{ true }}", True),
        ("${{true}}", True),
        ("success()", True),
        ("SUCCESS ( )", True),
        ("${{ success() }}", True),
        ("false", False),
        ("True x", False),
        ("success() && x", False),
        ("xsuccess()", False),
        ("${{ true }}x}}", False),
        ("${{ true", False),
        ("true }}", False),
        ("${{ true }} && ${{ true }}", False),
        ("x${{ true }}", False),
        ("github.ref == 'x'", False),
    ],
)
def test_a_guard_has_no_condition_but_one_that_is_always_true(condition: str, whole: bool) -> None:
    told = f", if: {json.dumps(condition)}"
    assert (in_one_job(guard=told) == ()) is whole
    assert (across_jobs(a=f"    if: {json.dumps(condition)}\n") == ()) is whole


def test_each_gap_is_named_once_and_for_itself() -> None:
    assert in_one_job() == across_jobs() == ()
    found = in_one_job(guard=", if: x, continue-on-error: true", push=", if: always()")
    assert [gap.partition(" (")[2] for gap in found] == ["continue-on-error)", "if)", "if)"]
    assert len(in_one_job(push=", continue-on-error: true")) == 0
    assert len(in_one_job(push=", if: x")) == 0


def test_the_job_of_both_steps_may_be_left_to_fail_or_to_a_condition() -> None:
    for told in ("    continue-on-error: true\n", "    if: x\n", "    if: always()\n"):
        assert in_one_job(a=told) == ()


def test_the_job_of_a_guard_in_another_job_may_not() -> None:
    assert len(across_jobs(a="    continue-on-error: true\n")) == 1
    assert len(across_jobs(a="    if: x\n")) == 1
    assert across_jobs(a="    continue-on-error: false\n") == ()


def test_every_job_on_the_way_is_looked_at_and_no_other() -> None:
    for job in "bc":
        (found,) = across_jobs(**{job: "    if: always()\n"})
        assert found.startswith(f"job {job} ")
        assert across_jobs(**{job: "    if: x\n"}) == ()
        assert across_jobs(**{job: "    continue-on-error: true\n"}) == ()
    assert len(across_jobs(b="    if: always()\n", c="    if: failure()\n")) == 2
    for job in "de":
        assert across_jobs(**{job: "    if: always()\n"}) == ()


def test_a_job_before_that_of_the_guard_does_not_count() -> None:
    text = JOBS.format(a="    needs: z\n", b="", c="", d="", e="")
    workflow = read(text + "  z:\n    if: always()\n    steps: [{run: echo x}]\n")
    assert guard_gaps(workflow, workflow.steps[0], workflow.steps[2]) == ()


def test_order_in_a_job_and_along_needs() -> None:
    workflow = read(JOBS.format(a="", b="", c="", d="", e=""))
    a, b, c, d, e = workflow.steps
    assert [runs_before(workflow, a, step) for step in (a, b, c, d, e)] == [False, True, True, True, False]
    assert [runs_before(workflow, step, c) for step in (a, b, c, d, e)] == [True, True, False, False, False]
    first, second = job_of("{run: a}", "{run: b}").steps
    assert runs_before(workflow, first, second)
    assert not runs_before(workflow, second, first)
    assert not runs_before(workflow, first, first)


def test_jobs_that_need_one_through_several_others_are_followed_in_time() -> None:
    rungs = "".join(
        f"  {side}{n}:\n    needs: [l{n - 1}, r{n - 1}]\n    steps: [{{run: x}}]\n"
        for n in range(1, 40)
        for side in "lr"
    )
    ends = "".join(f"  {side}0:\n    steps: [{{run: x}}]\n" for side in "lr")
    workflow = read(f"on: push\njobs:\n{ends}{rungs}")
    assert runs_before(workflow, workflow.steps[0], workflow.steps[-1])
    assert not runs_before(workflow, workflow.steps[-1], workflow.steps[0])


@pytest.mark.parametrize(
    ("value", "may"),
    [("true", True), ("True", True), ("${{ x }}", True), ("", True), ("false", False), ("False", False)],
)
def test_an_error_is_passed_over_unless_it_is_said_not_to_be(value: str, may: bool) -> None:
    step = one_step(f"{{run: x, continue-on-error: {json.dumps(value)}}}").steps[0]
    assert may_fail(step) is may
    assert not may_fail(one_step("{run: x}").steps[0])


def test_names_of_credentials_count_in_any_case() -> None:
    keys = "aws_session_token: v1, Other: v2"
    inputs = "AWS-ACCESS-KEY-ID: v3, aws-secret-access-key: v4, aws-region: v5"
    workflow = job_of(
        f"{{uses: x@v1, with: {{{inputs}}}}}",
        '{run: "x\\naws configure set aws_access_key_id v6; export AWS_SECRET_ACCESS_KEY=v7"}',
        top=f"env: {{{keys}}}\n",
    )
    assert [(one.name, one.place, one.line) for one in static_credentials(workflow)] == [
        ("AWS_SESSION_TOKEN", "workflow", 2),
        ("AWS_ACCESS_KEY_ID", "job a, step 1", 6),
        ("AWS_SECRET_ACCESS_KEY", "job a, step 1", 6),
        ("AWS_ACCESS_KEY_ID", "job a, step 2", 8),
        ("AWS_SECRET_ACCESS_KEY", "job a, step 2", 8),
    ]


def test_a_step_without_a_role_has_none() -> None:
    workflow = one_step("{uses: aws-actions/configure-aws-credentials@v4, with: {aws-session-token: x}}")
    (found,) = credentials_steps(workflow)
    assert (found.role, found.static_inputs) == ("", ("aws-session-token",))
