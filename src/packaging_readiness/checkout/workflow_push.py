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
_SCAN_ACTIONS = re.compile(
    r"github/codeql-action/\w+|hadolint/hadolint-action|aquasecurity/trivy-action|gitleaks/gitleaks-action"
    r"|trufflesecurity/trufflehog|anchore/(sbom|scan)-action|actions/dependency-review-action"
)


def action_of(step: Step) -> str:
    """Name of the step's action in lower case, without its version; empty for a script."""
    return "" if step.uses is None else step.uses.split("@")[0].casefold().rstrip("/")


def action_checks_nothing(step: Step) -> bool:
    """Whether the step's action is a well-known one that only prepares the job."""
    action = action_of(step)
    return bool(_SET_UP_ACTIONS.fullmatch(action)) and not _SCAN_ACTIONS.fullmatch(action)


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
    shell = (step.shell or "bash").split()[0]
    if shell == "python":
        return program_effect(step.run)
    job = workflow.job(step.job)
    entries = (*workflow.env, *(job.env if job is not None else ()), *step.env)
    known = {entry.name: entry.value for entry in entries}
    effect = script_effect(step.run, {name: value for name, value in known.items() if "${{" not in value})
    return Effect("unclear", f"shell {shell}") if effect == NONE and shell not in ("bash", "sh") else effect


def _action_effect(step: Step) -> Effect:
    action = action_of(step)
    if action in _PUSH_ACTIONS:
        return Effect("pushes", action)
    if action not in BUILD_ACTIONS:
        known = _SET_UP_ACTIONS.fullmatch(action) or _SCAN_ACTIONS.fullmatch(action)
        return NONE if known else Effect("unclear", step.uses or "")
    push, outputs, sets = step.input("push"), step.input("outputs"), step.input("set")
    pushes = push is not None and (push.value.casefold() == "true" or "${{" in push.value)
    if pushes or any(entry is not None and output_pushes(entry.value) for entry in (outputs, sets)):
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
        uses_line=job.line,
        run=None,
        run_line=0,
        with_=(),
        env=(),
        if_=None,
        continue_on_error=None,
        shell=None,
    )
