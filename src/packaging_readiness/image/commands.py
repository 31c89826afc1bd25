"""What is run in an image and what came of it: values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from packaging_readiness.contract.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one container. `kept_bytes` is what is kept of each output stream: its first and last half."""

    processes: int = 512
    memory_bytes: int = 2 * 1024**3
    tmp_bytes: int = 256 * 1024**2
    kept_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: `argv` as it stands, `files` (path below /tmp to content) written first, `stdin` or none."""

    id: str
    argv: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Completed:
    """What the process really did. Exactly one of `exit_code` and `signal` is set; a command that ran out of
    time has `timed_out` and the signal that ended it. `stdout` and `stderr` hold at most `Limits.kept_bytes`
    of the `*_total` bytes written. Exit code 127: the program is not in the image; 126: not executable.
    `container` counts the containers of the call, from 1: commands with the same number ran side by side.
    """

    id: str
    argv: tuple[str, ...]
    exit_code: int | None
    signal: int | None
    timed_out: bool
    stdout: bytes = field(repr=False)
    stdout_total: int
    stderr: bytes = field(repr=False)
    stderr_total: int
    duration_s: float
    container: int

    @property
    def broke_bounds(self) -> bool:
        """Whether this command cost its container: it ran out of time or was killed by a signal."""
        return self.timed_out or self.signal is not None


DEFAULT_LIMITS = Limits()


def refuse_ambiguous(commands: Sequence[Command]) -> None:
    """InputRefused: two commands with one id, an argv that is empty or holds NUL, a file not below /tmp."""
    seen: set[str] = set()
    for command in commands:
        if command.id in seen or not command.argv or "\0" in "".join(command.argv):
            raise InputRefused(command.id, "command ids must be unique, and a command needs an argv without NUL")
        seen.add(command.id)
        for name in command.files:
            path = PurePosixPath(name)
            if path.parts[:2] != ("/", "tmp") or len(path.parts) < 3 or ".." in path.parts:
                raise InputRefused(command.id, f"file {name!r} is not below /tmp")
