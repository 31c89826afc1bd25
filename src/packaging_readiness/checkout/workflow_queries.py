"""Questions about a workflow: where credentials come from, and what runs before what. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging_readiness.checkout.workflow_model import Job, Step, Workflow
from packaging_readiness.checkout.workflow_push import action_of

STATIC_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
CREDENTIALS_ACTION = "aws-actions/configure-aws-credentials"

_STATIC_INPUTS = tuple(name.lower().replace("_", "-") for name in STATIC_CREDENTIALS)
_SET_IN_SCRIPT = re.compile(
    rf"\b({'|'.join(STATIC_CREDENTIALS)})=|\baws configure set ({'|'.join(n.lower() for n in STATIC_CREDENTIALS)})\b"
)
_STATUS_FUNCTION = re.compile(r"\b(always|failure|cancelled|success)\s*\(", re.IGNORECASE)
_SUCCESS = re.compile(r"success\s*\(\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CredentialsStep:
    """A step that configures AWS credentials. `role` is its role-to-assume, empty when it names none."""

    step: Step
    role: str
    static_inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaticCredential:
    """A place where a static credential is set, by name only: the value is never kept."""

    name: str
    place: str
    line: int


def credentials_steps(workflow: Workflow) -> tuple[CredentialsStep, ...]:
    """Steps of aws-actions/configure-aws-credentials, in document order."""
    found = []
    for step in workflow.steps:
        if action_of(step) == CREDENTIALS_ACTION:
            role = step.input("role-to-assume")
            static = tuple(name for name in _STATIC_INPUTS if step.input(name) is not None)
            found.append(CredentialsStep(step, role.value if role else "", static))
    return tuple(found)


def static_credentials(workflow: Workflow) -> tuple[StaticCredential, ...]:
    """Every place that sets one of STATIC_CREDENTIALS: env blocks, step inputs, scripts. Sorted by line."""
    found = [
        StaticCredential(entry.name.upper(), place, entry.line)
        for place, env in workflow.environments()
        for entry in env
        if entry.name.upper() in STATIC_CREDENTIALS
    ]
    for step in workflow.steps:
        place = f"job {step.job}, step {step.index + 1}"
        for entry in step.with_:
            if entry.name.casefold() in _STATIC_INPUTS:
                found.append(StaticCredential(entry.name.upper().replace("-", "_"), place, entry.line))
        for offset, line in enumerate((step.run or "").split("\n")):
            for match in _SET_IN_SCRIPT.finditer(line):
                found.append(StaticCredential((match[1] or match[2]).upper(), place, step.run_line + offset))
    return tuple(sorted(found, key=lambda one: (one.line, one.name)))


def runs_before(workflow: Workflow, first: Step, then: Step) -> bool:
    """Whether `first` has always ended when `then` starts. Jobs that may run side by side are not ordered."""
    if first.job == then.job:
        return first.index < then.index
    return first.job in _ancestors(workflow, then.job)


def guard_gaps(workflow: Workflow, guard: Step, guarded: Step) -> tuple[str, ...]:
    """Why a failing `guard` would not keep `guarded` from running; empty when it always does."""
    if not runs_before(workflow, guard, guarded):
        return ("it does not run before the guarded step",)
    between = _ancestors(workflow, guarded.job) | {guarded.job}
    later = [job for job in workflow.jobs if job.id in between and guard.job in _ancestors(workflow, job.id)]
    own = workflow.job(guard.job)
    gaps = []
    if may_fail(guard) or (own is not None and may_fail(own) and guard.job != guarded.job):
        gaps.append("it may fail without stopping the job (continue-on-error)")
    if not _unconditional(guard.if_):
        gaps.append("it runs only under a condition (if)")
    if guard.job != guarded.job and own is not None and not _unconditional(own.if_):
        gaps.append(f"job {own.id} runs only under a condition (if)")
    if ignores_failure(guarded.if_):
        gaps.append("the guarded step runs even after a failure (if)")
    gaps += [f"job {job.id} runs even after a failure (if)" for job in later if ignores_failure(job.if_)]
    return tuple(gaps)


def may_fail(part: Step | Job) -> bool:
    """Whether continue-on-error is on, or decided only by the run."""
    return part.continue_on_error is not None and part.continue_on_error.casefold() != "false"


def _bare(condition: str) -> str:
    """A condition without the `${{ }}` around the whole of it."""
    text = condition.strip()
    whole = text.startswith("${{") and text.endswith("}}") and text.count("${{") == text.count("}}") == 1
    return text[3:-2].strip() if whole else text


def _unconditional(condition: str | None) -> bool:
    return condition is None or _bare(condition) == "true" or _SUCCESS.fullmatch(_bare(condition)) is not None


def ignores_failure(condition: str | None) -> bool:
    """Whether a step or job with this condition may run after a failure.

    Without a status function a condition is held together with `success()`. With one it is not, and keeps to successes
    only as `success()` itself, or as terms that are all joined by `&&` and one of which is `success()`.
    """
    if condition is None or not _STATUS_FUNCTION.search(condition):
        return False
    text = _bare(condition)
    if "||" in text or "!" in text.replace("!=", "") or "${{" in text:
        return True
    terms = [term.strip() for term in text.split("&&")]
    # A term that ends inside a call or a string is no term.
    whole = all(term.count("(") == term.count(")") and term.count("'") % 2 == 0 for term in terms)
    return not (whole and any(_SUCCESS.fullmatch(term) for term in terms))


def _ancestors(workflow: Workflow, job_id: str) -> set[str]:
    needs = {job.id: job.needs for job in workflow.jobs}
    found: set[str] = set()
    todo = list(needs.get(job_id, ()))
    while todo:
        job = todo.pop()
        if job not in found:
            found.add(job)
            todo += needs.get(job, ())
    return found
