"""Which steps of a workflow push an image, and which could and cannot be read. Pure."""

from __future__ import annotations

import re

from packaging_readiness.checkout.shell_commands import (
    NONE,
    Effect,
    output_pushes,
    program_effect,
    script_effect,
)
from packaging_readiness.checkout.shell_start import hook, start
from packaging_readiness.checkout.workflow_checks import is_scan_action
from packaging_readiness.checkout.workflow_model import Job, Step, Workflow

BUILD_ACTIONS = ("docker/build-push-action", "docker/bake-action")
_PUSH_ACTIONS = frozenset(("redhat-actions/push-to-registry", "akhilerm/tag-push-action"))
# Neither of these two kinds pushes an image, whatever its inputs; every other action could.
_SET_UP_ACTIONS = re.compile(
    r"actions/(?!github-script\b)[\w-]+(/[\w-]+)*"
    r"|aws-actions/(configure-aws-credentials|amazon-ecr-login)"
    r"|docker/(login|metadata|setup-buildx|setup-qemu|setup-docker)-action"
    r"|astral-sh/setup-uv|sigstore/cosign-installer|step-security/harden-runner|aquasecurity/setup-trivy"
)


def action_of(step: Step) -> str:
    """Name of the step's action in lower case, without its version; empty for a script."""
    return "" if step.uses is None else step.uses.split("@")[0].casefold().rstrip("/")


def sets_up(action: str) -> bool:
    """Whether an action is a well-known one that only prepares the job."""
    return bool(_SET_UP_ACTIONS.fullmatch(action)) and not is_scan_action(action)


def push_steps(workflow: Workflow) -> tuple[Step, ...]:
    """Steps that push an image, in document order."""
    return tuple(step for step in workflow.steps if step_effect(workflow, step).kind == "pushes")


def unclear_steps(workflow: Workflow) -> tuple[tuple[Step, str], ...]:
    """Steps that could push an image and cannot be read, each with what cannot be read, in document order.

    A job that calls a reusable workflow counts as one step.
    """
    found = []
    for job in workflow.jobs:
        if job.uses is not None:
            found.append((_call(job), job.uses))
        for step in job.steps:
            effect = step_effect(workflow, step)
            if effect.kind == "unclear":
                found.append((step, effect.cause))
    return tuple(found)


def step_effect(workflow: Workflow, step: Step) -> Effect:
    """Whether the step pushes: an engine's push command, `aws ecr put-image`, a copy tool, or an action that pushes.

    An input that only the run decides (an expression) counts as a push.
    """
    if step.run is None:
        return _action_effect(step)
    named = hook(step_environment(workflow, step), step.run)
    if step.shell == "python" and not named:
        return program_effect(step.run)
    unknown = f"{named}, which changes what its script does" if named else ""
    if not unknown and start(step.shell) is None:
        unknown = f"shell {step.shell}"
    effect = script_effect(step.run, step_variables(workflow, step))
    return Effect("unclear", unknown) if unknown and effect.kind != "pushes" else effect


def step_environment(workflow: Workflow, step: Step) -> dict[str, str]:
    """All that the workflow puts into a step's environment, its containers' included; expressions as written."""
    job = workflow.job(step.job)
    of_job = (*job.container_env, *job.env) if job is not None else ()
    return {entry.name: entry.value for entry in (*workflow.env, *of_job, *step.env)}


def step_variables(workflow: Workflow, step: Step) -> dict[str, str]:
    """Those of a step's environment whose value stands in the workflow and that no script of its job sets anew."""
    job = workflow.job(step.job)
    scripts = [other.run for other in job.steps if other.run is not None] if job is not None else []
    writers = " ".join(script for script in scripts if "GITHUB_ENV" in script)
    outer = (*workflow.env, *(job.env if job is not None else ()))
    kept = [entry for entry in outer if not re.search(rf"\b{re.escape(entry.name)}\b", writers)]
    given = {entry.name: entry.value for entry in (*kept, *step.env)}
    return {name: value for name, value in given.items() if "${{" not in value}


def _action_effect(step: Step) -> Effect:
    action = action_of(step)
    if action in _PUSH_ACTIONS:
        return Effect("pushes", action)
    if action not in BUILD_ACTIONS:
        known = _SET_UP_ACTIONS.fullmatch(action) or is_scan_action(action)
        return NONE if known else Effect("unclear", step.uses or "")
    push, sent = step.input("push"), [step.input(name) for name in ("outputs", "set", "cache-to")]
    pushes = push is not None and push.value.casefold() not in ("false", "")
    if pushes or any(entry is not None and output_pushes(entry.value) for entry in sent):
        return Effect("pushes", action)
    return Effect("unclear", action) if action == "docker/bake-action" else NONE


def _call(job: Job) -> Step:
    """A call of a reusable workflow as the one step of its job."""
    return Step(
        job=job.id,
        index=0,
        line=job.line,
        name=job.name or job.id,
        id="",
        uses=job.uses,
        run=None,
        run_line=0,
        with_=(),
        env=(),
        if_=None,
        continue_on_error=None,
        shell=None,
    )
