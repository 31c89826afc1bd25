"""What an action does to a registry, and what a step knows of its environment."""

from __future__ import annotations

import json

import pytest

from packaging_readiness.checkout.workflow_push import (
    action_of,
    push_steps,
    sets_up,
    step_effect,
    step_environment,
    step_variables,
    unclear_steps,
)
from selftests.workflow_samples import job_of, one_step, read

SETS_UP = (
    "actions/checkout",
    "actions/cache/save",
    "actions/github-scripts",
    "aws-actions/configure-aws-credentials",
    "aws-actions/amazon-ecr-login",
    "docker/login-action",
    "docker/metadata-action",
    "docker/setup-buildx-action",
    "docker/setup-qemu-action",
    "docker/setup-docker-action",
    "astral-sh/setup-uv",
    "sigstore/cosign-installer",
    "step-security/harden-runner",
    "aquasecurity/setup-trivy",
)
UNKNOWN = (
    "actions/github-script",
    "actions/github-script/x",
    "actions/",
    "actions/checkout.x",
    "x/actions/checkout",
    "docker/login-action-x",
    "docker/login",
    "x/setup",
    "./own",
    "aws-actions/other",
)
PUSHING = ("redhat-actions/push-to-registry", "akhilerm/tag-push-action")
SCANS = ("actions/dependency-review-action", "gitleaks/gitleaks-action", "anchore/sbom-action")
BUILD, BAKE = "docker/build-push-action", "docker/bake-action"


def effect(action: str, **inputs: str) -> tuple[str, str]:
    """What a step with this action does, and what decides it."""
    workflow = one_step(f"{{uses: {json.dumps(action)}, with: {json.dumps(inputs)}}}")
    found = step_effect(workflow, workflow.steps[0])
    return found.kind, found.cause


@pytest.mark.parametrize(
    ("uses", "action"),
    [
        ("docker/login-action@v3", "docker/login-action"),
        ("Docker/Login-Action@v3", "docker/login-action"),
        ("docker/login-action/@v3", "docker/login-action"),
        ("docker/login-action", "docker/login-action"),
        ("docker/login-action@v3@x", "docker/login-action"),
        ("./own/", "./own"),
    ],
)
def test_an_action_has_a_name_without_its_version(uses: str, action: str) -> None:
    assert action_of(one_step(f"{{uses: {json.dumps(uses)}}}").steps[0]) == action


def test_a_script_is_no_action() -> None:
    assert action_of(one_step("{run: x}").steps[0]) == ""


@pytest.mark.parametrize("action", SETS_UP)
def test_an_action_that_only_prepares(action: str) -> None:
    assert sets_up(action) is True
    assert effect(f"{action}@v1") == ("none", "")


@pytest.mark.parametrize("action", UNKNOWN)
def test_an_action_that_could_push(action: str) -> None:
    assert sets_up(action) is False
    assert effect(f"{action}@v1") == ("unclear", f"{action}@v1")


@pytest.mark.parametrize("action", PUSHING)
def test_an_action_that_pushes(action: str) -> None:
    assert sets_up(action) is False
    assert effect(f"{action}@v1") == ("pushes", action)


@pytest.mark.parametrize("action", SCANS)
def test_an_action_that_looks_for_something_pushes_nothing_and_prepares_nothing(action: str) -> None:
    assert sets_up(action) is False
    assert effect(f"{action}@v1") == ("none", "")


@pytest.mark.parametrize("action", [BUILD, BAKE])
@pytest.mark.parametrize(
    ("inputs", "pushes"),
    [
        ({}, False),
        ({"push": "false"}, False),
        ({"push": "False"}, False),
        ({"push": ""}, False),
        ({"push": "true"}, True),
        ({"PUSH": "true"}, True),
        ({"push": "no"}, True),
        ({"push": "${{ inputs.x }}"}, True),
        ({"outputs": "type=registry"}, True),
        ({"outputs": "type=docker"}, False),
        ({"set": "*.output=type=registry"}, True),
        ({"cache-to": "type=registry,ref=x"}, True),
        ({"cache-from": "type=registry,ref=x"}, False),
        ({"push": "false", "outputs": "type=image,push=true"}, True),
    ],
)
def test_a_build_pushes_where_it_is_told_to(action: str, inputs: dict[str, str], pushes: bool) -> None:
    other = ("none", "") if action == BUILD else ("unclear", BAKE)
    assert effect(f"{action}@v6", **inputs) == (("pushes", action) if pushes else other)


def test_steps_that_push_and_steps_that_could() -> None:
    workflow = read(
        "on: push\njobs:\n"
        "  a:\n    steps:\n      - {run: docker push x}\n      - {run: echo x}\n      - {run: make}\n"
        "  b:\n    name: call\n    uses: ./b.yml\n"
        "  c:\n    uses: ./c.yml\n"
        f"  d:\n    steps:\n      - {{uses: '{PUSHING[0]}@v1'}}\n"
    )
    assert [step.job for step in push_steps(workflow)] == ["a", "d"]
    make, b, c = unclear_steps(workflow)
    assert (make[0].run, make[1]) == ("make", "make")
    assert [(step.job, step.name, step.uses, cause) for step, cause in (b, c)] == [
        ("b", "call", "./b.yml", "./b.yml"),
        ("c", "c", "./c.yml", "./c.yml"),
    ]
    for step, line in ((b[0], 8), (c[0], 11)):
        assert (step.index, step.line, step.run, step.run_line, step.id) == (0, line, None, 0, "")
        assert (step.with_, step.env, step.if_, step.continue_on_error, step.shell) == ((), (), None, None, None)


@pytest.mark.parametrize(
    ("step", "kind", "cause"),
    [
        ("{run: echo x}", "none", ""),
        ("{run: docker push x}", "pushes", "docker"),
        ("{run: echo x, shell: bash}", "none", ""),
        ("{run: echo x, shell: pwsh}", "unclear", "shell pwsh"),
        ("{run: docker push x, shell: pwsh}", "pushes", "docker"),
        ("{run: print(1), shell: python}", "none", ""),
        ("{run: import socket, shell: python}", "unclear", "an inline program that imports socket"),
        ("{run: docker push x, shell: python}", "none", ""),
        ("{run: echo x, env: {BASH_ENV: y}}", "unclear", "BASH_ENV"),
        ("{run: echo x, env: {BASH_ENV: y}, shell: pwsh}", "unclear", "BASH_ENV"),
        ("{run: print(1), env: {LD_PRELOAD: y}, shell: python}", "unclear", "LD_PRELOAD"),
        ("{run: docker push x, env: {BASH_ENV: y}}", "pushes", "docker"),
        ("{run: $X push x, env: {X: docker}}", "pushes", "docker"),
        ("{run: $X push x}", "unclear", "$X"),
        ("{run: '$X push x', env: {X: '${{ y }}'}}", "unclear", "$X"),
    ],
)
def test_what_a_script_does(step: str, kind: str, cause: str) -> None:
    workflow = one_step(step)
    found = step_effect(workflow, workflow.steps[0])
    assert found.kind == kind
    assert found.cause.partition(",")[0] == cause


TOP = "env: {A: w, B: w, C: w, W: w}\n"
LEVELS = read(
    f"on: push\n{TOP}jobs:\n  a:\n    env: {{B: j, C: j, J: j}}\n    container: {{image: i, env: {{K: c, B: c}}}}\n"
    "    steps:\n      - {run: x, env: {C: s, S: '${{ s }}'}}\n      - {run: y}\n"
    "  b:\n    steps: [{run: z}]\n"
)


def test_the_environment_of_a_step_is_that_of_all_levels() -> None:
    first, second, other = LEVELS.steps
    base = {"A": "w", "B": "j", "W": "w", "J": "j", "K": "c"}
    assert step_environment(LEVELS, first) == {**base, "C": "s", "S": "${{ s }}"}
    assert step_environment(LEVELS, second) == {**base, "C": "j"}
    assert step_environment(LEVELS, other) == {"A": "w", "B": "w", "C": "w", "W": "w"}


def test_variables_with_a_value_are_those_of_the_workflow_the_job_and_the_step() -> None:
    first, second, other = LEVELS.steps
    assert step_variables(LEVELS, first) == {"A": "w", "B": "j", "W": "w", "J": "j", "C": "s"}
    assert step_variables(LEVELS, second) == {"A": "w", "B": "j", "W": "w", "J": "j", "C": "j"}
    assert step_variables(LEVELS, other) == {"A": "w", "B": "w", "C": "w", "W": "w"}


def test_a_step_of_no_job_has_the_environment_of_the_workflow_and_its_own() -> None:
    workflow = read(f"on: push\n{TOP}jobs: {{z: {{steps: [{{run: x}}]}}}}\n")
    step = LEVELS.steps[0]
    assert step_environment(workflow, step)["A"] == "w"
    assert step_environment(workflow, step)["C"] == "s"
    assert step_variables(workflow, step) == {"A": "w", "B": "w", "C": "s", "W": "w"}


def test_a_variable_that_a_script_of_the_job_sets_anew_has_no_value() -> None:
    top = "env: {A: w, AB: w, B: w}\n"
    writer = '{run: "echo A=x >> $GITHUB_ENV"}'
    workflow = job_of(writer, "{run: y}", "{run: y, env: {A: s}}", "{run: B=1}", top=top)
    assert [step_variables(workflow, step) for step in workflow.steps[1:3]] == [
        {"AB": "w", "B": "w"},
        {"A": "s", "AB": "w", "B": "w"},
    ]
    workflow = job_of("{uses: actions/checkout@v4}", "{run: echo A=x}", top=top)
    assert step_variables(workflow, workflow.steps[0]) == {"A": "w", "AB": "w", "B": "w"}
