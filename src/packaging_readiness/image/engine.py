"""Container engines behind one small port: podman and docker, by their command lines."""

import json
import resource
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.image.process import Output, run, words

Choice = Literal["auto", "podman", "docker"]
INSTALL = "apt-get update && apt-get install -y --no-install-recommends podman runc"
FILES_AND_PROCESSES = 1024


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers. `path` is its executable, `runtime` the OCI runtime named to it (podman only)."""

    name: Literal["podman", "docker"]
    version: str
    path: str
    runtime: str | None = None

    def command(self, *arguments: str) -> list[str]:
        """The full argument vector for the engine's subcommand and its arguments."""
        runtime = ["--runtime", self.runtime] if self.runtime else []
        return [self.path, *runtime, *arguments]

    def shown(self, *arguments: str) -> list[str]:
        """The same command as a user would type it, with the engine's plain name."""
        return [self.name, *self.command(*arguments)[1:]]

    def attempt(self, *arguments: str, timeout_s: float = 60.0) -> Output:
        """Run a subcommand whose exit status the caller judges. CannotTell: no start, no end, too much output."""
        return run(self.command(*arguments), place=self.place(arguments), timeout_s=timeout_s)

    def call(self, *arguments: str, timeout_s: float = 60.0, hide: Sequence[Path] = ()) -> bytes:
        """Run a subcommand that must succeed and return its stdout. CannotTell carries the engine's own words."""
        output = self.attempt(*arguments, timeout_s=timeout_s)
        if output.code != 0:
            raise self.refusal(self.place(arguments), output.code, output.stderr, hide=hide)
        return output.stdout

    def place(self, arguments: Sequence[str]) -> str:
        """How messages name the subcommand: `podman image inspect`, without its arguments."""
        verbs = [word for word in arguments[:2] if word.isalpha()]
        return " ".join([self.name, *verbs])

    def refusal(
        self, place: str, code: int | None, stderr: bytes, *, hide: Sequence[Path] = (), what: str = "failed"
    ) -> CannotTell:
        """The error for an engine that could not do its work, in its own words."""
        said = words(stderr, hide=hide) or "it said nothing"
        cure = "run the same command by hand"
        if self.name == "podman":
            cure += f"; a complete engine comes with: {INSTALL}"
        status = "no exit status" if code is None else f"exit status {code}"
        return CannotTell(place, f"{what} ({status}):\n{said}", cure)


def ulimits() -> list[str]:
    """Explicit limits on files and processes, never above this process's own hard limits.

    Without them podman asks for more than a host without CAP_SYS_RESOURCE may give, and nothing starts.
    """

    def bound(which: int) -> int:
        hard = resource.getrlimit(which)[1]
        return FILES_AND_PROCESSES if hard == resource.RLIM_INFINITY else min(FILES_AND_PROCESSES, hard)

    files, processes = bound(resource.RLIMIT_NOFILE), bound(resource.RLIMIT_NPROC)
    return ["--ulimit", f"nofile={files}:{files}", "--ulimit", f"nproc={processes}:{processes}"]


def detect(choice: Choice = "auto", *, cgroup_root: Path = Path("/sys/fs/cgroup")) -> Engine:
    """The engine to use. `auto` takes podman, else docker when its daemon answers.

    Cheap on purpose: starts no container (`Engine` calls report an engine that cannot start one in its own
    words). InputRefused: unknown choice. CannotTell: no such engine, or it does not answer.
    """
    if choice not in get_args(Choice):
        raise InputRefused("--engine", f"unknown engine {choice!r}", "use auto, podman or docker")
    reasons: list[str] = []
    if choice in ("auto", "podman"):
        if path := shutil.which("podman"):
            return Engine("podman", _podman_version(path), path, _podman_runtime(cgroup_root))
        reasons.append("podman is not on PATH")
    if choice in ("auto", "docker"):
        if path := shutil.which("docker"):
            output = run([path, "version", "--format", "{{json .}}"], place="docker version", timeout_s=20.0)
            if version := _docker_server(output):
                return Engine("docker", version, path)
            reasons.append(f"docker does not answer: {words(output.stderr, lines=3) or 'no daemon'}")
        else:
            reasons.append("docker is not on PATH")
    raise CannotTell("container engine", "; ".join(reasons), INSTALL)


def _podman_version(path: str) -> str:
    output = run([path, "--version"], place="podman --version", timeout_s=20.0)
    found = output.stdout.decode("utf-8", "replace").split()
    if output.code != 0 or len(found) < 3:
        raise CannotTell("podman --version", words(output.stderr) or "gave no version", INSTALL)
    return found[2]


def _podman_runtime(cgroup_root: Path) -> str | None:
    """`runc` where the control groups are not purely version 2 and runc exists, else podman's own default.

    crun 1.8 (Debian 12's default) refuses the hybrid layout; on pure version 2 every runtime works, and the
    machine's own configuration stands.
    """
    if (cgroup_root / "cgroup.controllers").exists():
        return None
    usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return "runc" if shutil.which("runc") or shutil.which("runc", path=usual) else None


def _docker_server(output: Output) -> str | None:
    try:
        server = json.loads(output.stdout).get("Server") if output.code == 0 else None
        version = server.get("Version") if isinstance(server, dict) else None
    except (ValueError, AttributeError):
        return None
    return version if isinstance(version, str) and version else None
