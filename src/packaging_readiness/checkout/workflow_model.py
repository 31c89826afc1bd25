"""Values of a GitHub Actions workflow, as far as packaging is concerned. Lines count from 1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One `name: value` of an env block or of a step's `with`."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Permissions:
    """`every` is `read-all` or `write-all` or empty; `scopes` are (scope, read|write|none). Both empty: nothing."""

    every: str
    scopes: tuple[tuple[str, str], ...]
    line: int

    def of(self, scope: str) -> str:
        """none, read or write. `read-all` does not grant id-token; `write-all` does."""
        if self.every == "write-all":
            return "write"
        if self.every == "read-all":
            return "none" if scope == "id-token" else "read"
        return dict(self.scopes).get(scope, "none")


@dataclass(frozen=True, slots=True)
class DispatchInput:
    name: str
    description: str
    required: bool
    default: str | None
    type: str
    options: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """Step `index` (from 0) of job `job`; exactly one of `uses` and `run` is not None."""

    job: str
    index: int
    line: int
    name: str
    id: str
    uses: str | None
    run: str | None
    run_line: int
    """Line of the first line of the script."""
    with_: tuple[Entry, ...]
    env: tuple[Entry, ...]
    if_: str | None
    continue_on_error: str | None
    shell: str | None
    """The step's own, else the default of its job or of the workflow."""

    def input(self, name: str) -> Entry | None:
        """The `with` entry of that name, case aside, as actions see it."""
        return next((entry for entry in self.with_ if entry.name.casefold() == name.casefold()), None)

    @property
    def label(self) -> str:
        """What a report calls the step."""
        return self.name or self.id or self.uses or f"step {self.index + 1}"


@dataclass(frozen=True, slots=True)
class Job:
    """`uses` is set for a call of a reusable workflow, which has no steps of its own here."""

    id: str
    line: int
    name: str
    needs: tuple[str, ...]
    if_: str | None
    uses: str | None
    permissions: Permissions | None
    env: tuple[Entry, ...]
    container_env: tuple[Entry, ...]
    """Environment of the job's container and of its services."""
    continue_on_error: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Workflow:
    path: str
    name: str
    events: tuple[Event, ...]
    inputs: tuple[DispatchInput, ...]
    permissions: Permissions | None
    env: tuple[Entry, ...]
    jobs: tuple[Job, ...]

    @property
    def dispatchable(self) -> bool:
        return any(event.name == "workflow_dispatch" for event in self.events)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for job in self.jobs for step in job.steps)

    def job(self, job_id: str) -> Job | None:
        return next((job for job in self.jobs if job.id == job_id), None)

    def permissions_of(self, job: Job) -> Permissions | None:
        """What the job's token gets; None when neither level declares any (the repository's default applies)."""
        return job.permissions if job.permissions is not None else self.permissions

    def environments(self) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """Every env block with the name of its place, in document order."""
        found = [("workflow", self.env)]
        for job in self.jobs:
            found += [(f"job {job.id}", job.env), (f"containers of job {job.id}", job.container_env)]
            found += [(f"job {job.id}, step {step.index + 1}", step.env) for step in job.steps]
        return tuple((place, env) for place, env in found if env)
