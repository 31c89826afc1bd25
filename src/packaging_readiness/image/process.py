"""Run an external command with a bound on its time and on its output."""

import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell

TAIL_KEPT = 16 * 1024
_running: set[int] = set()
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[^\x20-\x7e\n\u00a0-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Output:
    """What a finished command said: its exit status (negative for a signal), stdout, tail of stderr."""

    code: int
    stdout: bytes
    stderr: bytes


_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
# Only the last bytes of a tool's output are kept: they may begin within a key.
_REST_OF_KEY = re.compile(r"\A.*-----END [A-Z0-9 ]*PRIVATE KEY-----", re.DOTALL)
_KEY_WAS_HERE = "[a private key was here]"


def words(raw: bytes, *, lines: int = 12, hide: Sequence[Path] = ()) -> str:
    """The last `lines` lines of what a tool said, at most 2,000 characters, without control characters.

    Paths in `hide` are replaced, so that a message does not name directories of this machine.
    """
    text = raw.decode("utf-8", "replace").replace("\r", "\n").replace("\t", " ")
    # before cutting lines: half a key no longer looks like one
    text = _REST_OF_KEY.sub(_KEY_WAS_HERE, _PRIVATE_KEY.sub(_KEY_WAS_HERE, text))
    for path in hide:
        text = text.replace(str(path), "…")
    kept = [line.rstrip() for line in _CONTROL.sub("", text).split("\n") if line.strip()]
    return "\n".join(kept[-lines:])[-2000:]


def run(
    argv: Sequence[str],
    *,
    place: str,
    timeout_s: float,
    stdout_limit: int | None = 8 * 1024 * 1024,
    environment: Mapping[str, str] | None = None,
    on_output: Callable[[bytes], None] | None = None,
) -> Output:
    """Run `argv` without a shell and without input, and wait for it.

    `place` names the command in messages; `environment` is added to this process's own; `on_output` sees each
    chunk of both streams as it comes. With no `stdout_limit` only the tail of stdout is kept. Whatever exit
    status the command has is the caller's to judge. CannotTell: it cannot be started, does not end within
    `timeout_s` seconds or prints more than `stdout_limit` bytes. Its whole process group is killed then, and
    also when this call is interrupted.
    """
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    except OSError as problem:
        raise CannotTell(place, f"cannot be started: {problem.strerror}") from problem
    assert process.stdout is not None
    assert process.stderr is not None
    _running.add(process.pid)
    stdout, stderr = bytearray(), bytearray()
    deadline = time.monotonic() + timeout_s
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise CannotTell(place, _with(f"did not end within {timeout_s:.0f} s", bytes(stderr)))
                for key, _ in selector.select(left):
                    chunk = os.read(key.fd, 65536)
                    if not chunk:
                        selector.unregister(key.fileobj)
                        continue
                    if on_output is not None:
                        on_output(chunk)
                    if key.fileobj is process.stderr:
                        stderr = (stderr + chunk)[-TAIL_KEPT:]
                    elif stdout_limit is None:
                        stdout = (stdout + chunk)[-TAIL_KEPT:]
                    else:
                        stdout += chunk
                        if len(stdout) > stdout_limit:
                            raise CannotTell(place, f"printed more than {stdout_limit} bytes")
            try:
                code = process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise CannotTell(place, f"did not end within {timeout_s:.0f} s") from None
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        _running.discard(process.pid)
        process.stdout.close()
        process.stderr.close()
    return Output(code, bytes(stdout), bytes(stderr))


def end_running() -> None:
    """Kill what `run` waits for in other threads, where nobody waits for them any more."""
    for group in tuple(_running):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _with(cause: str, stderr: bytes) -> str:
    said = words(stderr)
    return f"{cause}; it said:\n{said}" if said else cause
