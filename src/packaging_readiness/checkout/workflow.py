"""Reader of GitHub Actions workflow files."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar

from packaging_readiness.checkout.workflow_model import (
    DispatchInput,
    Entry,
    Event,
    Job,
    Permissions,
    Step,
    Workflow,
)
from packaging_readiness.checkout.workflow_yaml import Mapping, Node, Scalar, Sequence, read_yaml, refused
from packaging_readiness.contract.errors import CannotTell, InputRefused

WORKFLOW_FOLDER = ".github/workflows"
_EVERY = ("read-all", "write-all")
_LEVELS = ("read", "write", "none")

_N = TypeVar("_N", Scalar, Sequence, Mapping)


def find_workflows(root: Path) -> tuple[Path, ...]:
    """Workflow files of a checkout, sorted by name; empty when there is no workflow folder. Raises CannotTell."""
    folder = root / WORKFLOW_FOLDER
    try:
        if not folder.is_dir():
            return ()
        return tuple(sorted(p for p in folder.iterdir() if p.suffix in (".yml", ".yaml") and p.is_file()))
    except OSError as error:
        raise CannotTell(WORKFLOW_FOLDER, f"cannot be listed: {error.strerror}", "make it readable") from error


def read_workflow(data: bytes, path: str) -> Workflow:
    """Reads one workflow file. Raises InputRefused (`path:line`) on anything GitHub would not run as written or
    that has no single meaning: see read_yaml; also wrong shapes, unknown or circular `needs`."""
    root = read_yaml(data, path)
    return _Reader(path).workflow(root)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: str

    def workflow(self, root: Node) -> Workflow:
        top = self._mapping(root, "a workflow")
        on = top.get("on")
        if on is None:
            raise InputRefused(self.path, "no 'on': nothing starts this workflow", "add the events below 'on:'")
        jobs_node = top.get("jobs")
        if jobs_node is None:
            raise InputRefused(self.path, "no 'jobs'", "add 'jobs:'")
        shell = self._default_shell(top)
        jobs = tuple(self._job(k, n, shell) for k, n in self._mapping(jobs_node, "'jobs'").entries)
        if not jobs:
            raise refused(self.path, jobs_node.line, "no job", "add a job")
        self._check_order(jobs)
        return Workflow(
            path=self.path,
            name=self._text(top, "name") or "",
            events=self._events(on),
            inputs=self._inputs(on),
            permissions=self._permissions(top),
            env=self._entries(top, "env"),
            jobs=jobs,
        )

    def _job(self, key: Scalar, node: Node, shell: str | None) -> Job:
        job = self._mapping(node, f"job {key.text}")
        shell = self._default_shell(job) or shell
        uses = self._text(job, "uses")
        steps = job.get("steps")
        if (steps is None) == (uses is None):
            raise refused(self.path, key.line, f"job {key.text} needs either 'steps' or 'uses'", "give it one")
        items = self._sequence(steps, "'steps'").items if steps is not None else ()
        if steps is not None and not items:
            raise refused(self.path, steps.line, f"job {key.text} has no step", "add a step")
        return Job(
            id=key.text,
            line=key.line,
            name=self._text(job, "name") or "",
            needs=self._words(job.get("needs"), "'needs'"),
            if_=self._text(job, "if"),
            uses=uses,
            permissions=self._permissions(job),
            env=self._entries(job, "env"),
            container_env=self._container_env(job),
            continue_on_error=self._text(job, "continue-on-error"),
            steps=tuple(self._step(key.text, index, item, shell) for index, item in enumerate(items)),
        )

    def _step(self, job: str, index: int, node: Node, shell: str | None) -> Step:
        step = self._mapping(node, "a step")
        uses, run = self._text(step, "uses"), self._text(step, "run")
        if (uses is None) == (run is None):
            raise refused(self.path, step.line, "a step needs either 'uses' or 'run'", "give it one")
        script = step.get("run")
        return Step(
            job=job,
            index=index,
            line=step.line,
            name=self._text(step, "name") or "",
            id=self._text(step, "id") or "",
            uses=uses,
            run=run,
            run_line=script.line + script.block if isinstance(script, Scalar) else 0,
            with_=self._entries(step, "with"),
            env=self._entries(step, "env"),
            if_=self._text(step, "if"),
            continue_on_error=self._text(step, "continue-on-error"),
            shell=self._text(step, "shell") or shell,
        )

    def _default_shell(self, owner: Mapping) -> str | None:
        defaults = owner.get("defaults")
        run = self._mapping(defaults, "'defaults'").get("run") if defaults is not None else None
        return self._text(self._mapping(run, "'defaults.run'"), "shell") if run is not None else None

    def _events(self, on: Node) -> tuple[Event, ...]:
        if isinstance(on, Mapping):
            names = [key for key, _ in on.entries]
        else:
            nodes = on.items if isinstance(on, Sequence) else (on,)
            names = [self._scalar(node, "an event") for node in nodes]
        if not names or any(not name.text for name in names):
            raise refused(self.path, on.line, "'on' names no event", "name one")
        return tuple(Event(name.text, name.line) for name in names)

    def _inputs(self, on: Node) -> tuple[DispatchInput, ...]:
        dispatch = on.get("workflow_dispatch") if isinstance(on, Mapping) else None
        if dispatch is None or _null(dispatch):
            return ()
        inputs = self._mapping(dispatch, "'workflow_dispatch'").get("inputs")
        if inputs is None or _null(inputs):
            return ()
        return tuple(self._input(k, n) for k, n in self._mapping(inputs, "'inputs'").entries)

    def _input(self, key: Scalar, node: Node) -> DispatchInput:
        body = Mapping((), key.line) if _null(node) else self._mapping(node, f"input {key.text}")
        return DispatchInput(
            name=key.text,
            description=self._text(body, "description") or "",
            required=(self._text(body, "required") or "").casefold() == "true",
            default=self._text(body, "default"),
            type=self._text(body, "type") or "string",
            options=self._words(body.get("options"), "'options'"),
            line=key.line,
        )

    def _permissions(self, owner: Mapping) -> Permissions | None:
        node = owner.get("permissions")
        if node is None:
            return None
        line = owner.line_of("permissions")
        if isinstance(node, Scalar):
            if node.text not in _EVERY:
                raise refused(self.path, line, "unknown permissions", "use read-all, write-all or a mapping")
            return Permissions(node.text, (), line)
        scopes = []
        for key, value in self._mapping(node, "'permissions'").entries:
            level = self._scalar(value, "a permission").text
            if level not in _LEVELS:
                raise refused(self.path, key.line, f"unknown level of {key.text}", "use read, write or none")
            scopes.append((key.text, level))
        return Permissions("", tuple(scopes), line)

    def _container_env(self, job: Mapping) -> tuple[Entry, ...]:
        found: tuple[Entry, ...] = ()
        container, services = job.get("container"), job.get("services")
        if isinstance(container, Mapping):
            found += self._entries(container, "env")
        if isinstance(services, Mapping):
            for key, service in services.entries:
                found += self._entries(self._mapping(service, f"service {key.text}"), "env")
        return found

    def _entries(self, owner: Mapping, key: str) -> tuple[Entry, ...]:
        node = owner.get(key)
        if node is None:
            return ()
        entries = self._mapping(node, f"'{key}'").entries
        return tuple(Entry(name.text, self._plain(value, name.text), name.line) for name, value in entries)

    def _plain(self, node: Node, what: str) -> str:
        scalar = self._scalar(node, what)
        return "" if scalar.is_null else scalar.text

    def _text(self, owner: Mapping, key: str) -> str | None:
        node = owner.get(key)
        return None if node is None else self._plain(node, f"'{key}'")

    def _words(self, node: Node | None, what: str) -> tuple[str, ...]:
        if node is None:
            return ()
        nodes = node.items if isinstance(node, Sequence) else (node,)
        return tuple(self._scalar(item, what).text for item in nodes)

    def _check_order(self, jobs: tuple[Job, ...]) -> None:
        lines = {job.id: job.line for job in jobs}
        for job in jobs:
            for need in job.needs:
                if need not in lines:
                    raise refused(self.path, job.line, f"job {job.id} needs an unknown job", "name a job of this file")
        try:
            TopologicalSorter({job.id: job.needs for job in jobs}).prepare()
        except CycleError as error:
            raise refused(self.path, lines[error.args[1][0]], "jobs that need each other", "break the circle") from None

    def _scalar(self, node: Node, what: str) -> Scalar:
        return self._expect(node, what, Scalar, "a single value")

    def _mapping(self, node: Node, what: str) -> Mapping:
        return self._expect(node, what, Mapping, "a mapping of keys to values")

    def _sequence(self, node: Node, what: str) -> Sequence:
        return self._expect(node, what, Sequence, "a list")

    def _expect(self, node: Node, what: str, kind: type[_N], shape: str) -> _N:
        if not isinstance(node, kind):
            raise refused(self.path, node.line, f"{what} is not {shape}", f"write {shape}")
        return node


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null
