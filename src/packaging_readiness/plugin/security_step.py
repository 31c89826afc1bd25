"""Does the workflow's security step protect every push? Read from the workflow alone; nothing is run."""

import re

from packaging_readiness.checkout.shell_failures import soft_places
from packaging_readiness.checkout.workflow_model import Step, Workflow
from packaging_readiness.checkout.workflow_push import (
    action_checks_nothing,
    action_of,
    push_steps,
    unclear_steps,
)
from packaging_readiness.checkout.workflow_queries import guard_gaps
from packaging_readiness.contract.errors import CannotTell

_SOFT_INPUT = re.compile(r"(soft|no|continue)[-_](on[-_])?(fail|error).*=true|exit[-_]code=0|fail.*=(false|none|never)")
_CURE = "put the step after the security step, or write its commands out in the workflow"


def security_step_gaps(workflow: Workflow, pattern: str) -> list[str]:
    """Why the security step does not protect every push. Empty when it does."""
    path = workflow.path
    guards = _guards(workflow, pattern)
    if not guards:
        return [f"{path}: no step's name matches {pattern!r}"]
    pushes = push_steps(workflow)
    if not pushes:
        return [f"{path}: no step is seen to push an image, so nothing is guarded"]
    found = []
    for push in pushes:
        gaps = {guard.label: (*guard_gaps(workflow, guard, push), *_soft(guard)) for guard in guards}
        if all(gaps.values()):
            label, reasons = next(iter(gaps.items()))
            found += [f"{path}:{push.line}: step {push.label!r}: security step {label!r}: {why}" for why in reasons]
    return found


def refuse_unclear_steps(workflow: Workflow, pattern: str) -> None:
    """Raise CannotTell for a step that could push, cannot be read, and may run where no security step has passed."""
    guards = [guard for guard in _guards(workflow, pattern) if not _soft(guard)]
    unclear = [
        f"line {step.line}: step {step.label!r} may push an image before the security step has passed: {cause}"
        for step, cause in unclear_steps(workflow)
        if step not in guards and all(guard_gaps(workflow, guard, step) for guard in guards)
    ]
    if unclear:
        raise CannotTell(workflow.path, "; ".join(unclear), _CURE)


def _guards(workflow: Workflow, pattern: str) -> list[Step]:
    named = re.compile(pattern)
    return [step for step in workflow.steps if named.search(step.name) or named.search(step.id)]


def _soft(guard: Step) -> tuple[str, ...]:
    """Why the step could find something and still succeed."""
    if guard.run is not None:
        return soft_places(guard.run, guard.shell)
    if action_checks_nothing(guard):
        return ("its action runs no check",)
    if action_of(guard) == "aquasecurity/trivy-action" and guard.input("exit-code") is None:
        return ("its action succeeds whatever it finds (no exit-code)",)
    inputs = [entry for entry in guard.with_ if _SOFT_INPUT.fullmatch(f"{entry.name}={entry.value}".casefold())]
    return tuple(f"its action is told not to fail ({entry.name})" for entry in inputs)
