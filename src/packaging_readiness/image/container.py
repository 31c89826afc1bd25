"""One hardened container and the conversation with the driver in it."""

import os
import secrets
import selectors
import shlex
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.commands import Command, Completed, Limits
from packaging_readiness.image.engine import Engine, ulimits
from packaging_readiness.image.leftovers import container_name, remove, run_label
from packaging_readiness.image.process import TAIL_KEPT
from packaging_readiness.image.protocol import Foreign, completed, frame, frames, order

START_TIMEOUT_S = 60.0
GRACE_S = 30.0


@cache
def driver_source() -> str:
    """The program that is sent into the container."""
    return Path(__file__).with_name("driver.py").read_text("utf-8")


def hardening(engine: Engine, bounds: Limits) -> list[str]:
    """The options that confine the container; recorded once, in the image object of the evidence."""
    options = [
        "--network=none",
        "--read-only",
        f"--tmpfs=/tmp:rw,exec,nosuid,nodev,size={bounds.tmp_bytes},mode=1777",
        "--cap-drop=all",
        "--security-opt=no-new-privileges",
        f"--pids-limit={bounds.processes}",
        f"--memory={bounds.memory_bytes}",
        f"--memory-swap={bounds.memory_bytes}",
        *ulimits(),
        "--log-driver=none",
        "--pull=never",
        "--no-healthcheck",
    ]
    if engine.name == "podman":  # what docker does not do by itself: other tmpfs, the host's proxies, volumes, users
        options += ["--read-only-tmpfs=false", "--http-proxy=false", "--image-volume=ignore", "--passwd=false"]
    return options


def plain_command(engine: Engine, image: str, argv: Sequence[str], bounds: Limits) -> str:
    """A line for a shell that runs `argv` in the image under the same hardening, without this suite."""
    return shlex.join(engine.shown(*_run(engine, image, argv, bounds, [])))


def _run(engine: Engine, image: str, argv: Sequence[str], bounds: Limits, labels: list[str]) -> list[str]:
    confined = [*labels, *hardening(engine, bounds), f"--entrypoint={argv[0]}"]
    return ["run", "-i", "--rm", *confined, image, *argv[1:]]


_WAKE_S = 0.25  # how often a wait looks up to see whether the run was stopped


class Container:
    """One container and its conversation with the driver."""

    def __init__(
        self,
        engine: Engine,
        image: str,
        commands: list[Command],
        parallel: int,
        bounds: Limits,
        run_id: str,
        stop: Event | None = None,
    ) -> None:
        self.stop = stop or Event()
        self.engine, self.commands, self.parallel, self.bounds = engine, commands, parallel, bounds
        self.nonce = secrets.token_hex(16)
        self.name = container_name()
        self.why = ""
        self.place = f"{engine.name} run"
        self.stderr = b""
        labels = [f"--label={run_label(run_id)}", f"--name={self.name}"]
        driver = ("python", "-I", "-S", "-c", driver_source())
        self.argv = engine.command(*_run(engine, image, driver, bounds, labels))

    def __enter__(self) -> Self:
        try:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as problem:
            raise CannotTell(self.place, f"cannot be started: {problem.strerror}") from problem
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdin, self.stdout, self.said = self.process.stdin, self.process.stdout, self.process.stderr
        for pipe in (self.stdin, self.stdout, self.said):
            os.set_blocking(pipe.fileno(), False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close stdin, which ends the driver and so the container; when that does not help, remove it."""
        with suppress(OSError):
            self.stdin.close()
        try:
            self.process.wait(GRACE_S if kind is None else 2.0)
        except subprocess.TimeoutExpired:
            remove(self.engine, [self.name])
            self.process.kill()
            self.process.wait()
        self.stdout.close()
        self.said.close()

    def results(self, number: int) -> Iterator[Completed]:
        """Send all rows, yield all records. CannotTell: foreign or broken records, silence, an early end."""
        left = {command.id: command for command in self.commands}
        longest = max(command.timeout_s for command in self.commands)
        orders: list[dict[str, Any]] = [
            {"nonce": self.nonce, "parallel": max(1, self.parallel), "keep": self.bounds.kept_bytes}
        ]
        outgoing = b"".join(map(frame, orders + [order(command) for command in self.commands]))
        for record in self._records(outgoing, longest + GRACE_S):
            if "unstarted" in record:
                self.why = str(record["why"])
                return
            if "ready" not in record:
                yield completed(record, left.pop(record["id"]), number)
                if not left:
                    return

    def _records(self, outgoing: bytes, patience_s: float) -> Iterator[dict[str, Any]]:
        incoming = bytearray()
        view = memoryview(outgoing)
        with selectors.DefaultSelector() as selector:
            selector.register(self.stdin, selectors.EVENT_WRITE)
            selector.register(self.stdout, selectors.EVENT_READ)
            selector.register(self.said, selectors.EVENT_READ)
            deadline = time.monotonic() + START_TIMEOUT_S
            while True:
                ready = selector.select(min(_WAKE_S, max(0.0, deadline - time.monotonic())))
                if self.stop.is_set():
                    raise CannotTell(self.place, "the run was stopped")
                if time.monotonic() >= deadline:
                    raise self._refusal("did not answer in time")
                for key, _ in ready:
                    if key.fileobj is self.stdin:
                        try:
                            view = view[os.write(key.fd, view[: 1 << 16]) :]
                        except BrokenPipeError:
                            view = view[:0]
                        if not view:
                            selector.unregister(self.stdin)
                        continue
                    chunk = os.read(key.fd, 1 << 18)
                    if not chunk:
                        selector.unregister(key.fileobj)
                        if key.fileobj is self.stdout:
                            raise self._refusal("ended before its commands were done")
                    elif key.fileobj is self.said:
                        self.stderr = (self.stderr + chunk)[-TAIL_KEPT:]
                    else:
                        incoming += chunk
                        yield from self._known(incoming)
                        deadline = time.monotonic() + patience_s

    def _known(self, incoming: bytearray) -> Iterator[dict[str, Any]]:
        try:
            yield from frames(incoming, self.nonce)
        except Foreign as problem:
            raise CannotTell(self.place, "the container wrote something that the driver did not write") from problem

    def _refusal(self, cause: str) -> CannotTell:
        """Silence or an early end, with whatever the engine and the container's stderr still say."""
        with suppress(OSError):
            self.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5.0)
        with suppress(OSError):
            while chunk := os.read(self.said.fileno(), 1 << 16):
                self.stderr = (self.stderr + chunk)[-TAIL_KEPT:]
        return self.engine.refusal(self.place, self.process.poll(), self.stderr, what=cause)
