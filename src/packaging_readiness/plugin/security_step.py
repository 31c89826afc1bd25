"""Does the workflow's security step protect every push? Read from the workflow alone; nothing is run.

What is shown to be wrong is a gap, and fails the check. What is not understood, in a security step or in a step that
could push before one has passed, cannot be told, and is never taken for right. What a program of the platform itself
looks for is not read: that its failure stops the push is.
"""

import re
from functools import partial

from packaging_readiness.checkout.shell_failures import Judgement, judge_step
from packaging_readiness.checkout.shell_start import hook, loosened
from packaging_readiness.checkout.workflow_checks import judge_action
from packaging_readiness.checkout.workflow_model import Step, Workflow
from packaging_readiness.checkout.workflow_push import (
    action_of,
    push_steps,
    sets_up,
    step_environment,
    step_variables,
    unclear_steps,
)
from packaging_readiness.checkout.workflow_queries import guard_gaps
from packaging_readiness.contract.errors import CannotTell

_CURE = "put the step after the security step, or write its commands out in the workflow, in plain words"


def security_step_gaps(workflow: Workflow, pattern: str) -> list[str]:
    """Why the security step does not protect every push. Empty when it does, or when that cannot be told."""
    path = workflow.path
    guards = _guards(workflow, pattern)
    if not guards:
        return [f"{path}: no step's name matches {pattern!r}"]
    pushes = push_steps(workflow)
    if not pushes:
        return [f"{path}: no step is seen to push an image, so nothing is guarded"]
    found = []
    for push in pushes:
        gaps = [(guard.label, (*guard_gaps(workflow, guard, push), *judged.soft)) for guard, judged in guards]
        if all(reasons for _, reasons in gaps):
            label, reasons = gaps[0]
            found += [f"{path}:{push.line}: step {push.label!r}: security step {label!r}: {why}" for why in reasons]
    return found


def refuse_unclear_steps(workflow: Workflow, pattern: str) -> None:
    """Raise CannotTell where a security step is not understood that has to guard a push, and for every step that could
    push, cannot be read, and may run where no security step has passed."""
    found = _guards(workflow, pattern)
    guards = [guard for guard, judged in found if judged.guards]
    pushed = push_steps(workflow)
    unclear = [
        f"line {guard.line}: security step {guard.label!r} may succeed whatever it finds: {cause}"
        for guard, judged in found
        if judged.unclear and not all(map(partial(_guarded, workflow, guards), pushed))
        for cause in judged.unclear
    ]
    unclear += [
        f"line {step.line}: step {step.label!r} may push an image before the security step has passed: {cause}"
        for step, cause in unclear_steps(workflow)
        if step not in guards and not _guarded(workflow, guards, step)
    ]
    if unclear:
        raise CannotTell(workflow.path, "; ".join(unclear), _CURE)


def _guarded(workflow: Workflow, guards: list[Step], step: Step) -> bool:
    return any(not guard_gaps(workflow, guard, step) for guard in guards)


def _guards(workflow: Workflow, pattern: str) -> list[tuple[Step, Judgement]]:
    named = re.compile(pattern)
    steps = [step for step in workflow.steps if named.search(step.name) or named.search(step.id)]
    return [(step, _judged(workflow, step)) for step in steps]


def _judged(workflow: Workflow, step: Step) -> Judgement:
    """Why the step could find something and still succeed."""
    environment, action = step_environment(workflow, step), action_of(step)
    named = loosened(environment, step.run or "") or _loosened_before(workflow, step)
    if step.run is None and sets_up(action):
        return Judgement(soft=("its action runs no check",))
    if step.run is not None:
        named = hook(environment, step.run) or named
    if named:
        return Judgement(unclear=(f"{named} changes what its {'action' if step.run is None else 'script'} does",))
    if step.run is None:
        return judge_action(step, action)
    return judge_step(step.run, step.shell, step_variables(workflow, step))


def _loosened_before(workflow: Workflow, step: Step) -> str:
    """What another step of the job could put into the environment of this one."""
    scripts = [other.run for other in workflow.steps if other.job == step.job and other.run is not None]
    lasting = [script for script in scripts if "GITHUB_ENV" in script or "GITHUB_PATH" in script]
    return next((named for script in lasting if (named := loosened({}, script))), "")
