"""The engines that the tests run on: podman always, docker where a daemon answers or can be started here.

Where docker is not possible it is simply no parameter; the header of the run says so.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.image.engine import Engine, detect

START_S = 60.0
STOP_S = 30.0
# Modules are copied to /app; entrypoint and command exist nowhere, so that whoever relies on them fails.
DOCKERFILE = """ARG BASE_IMAGE
FROM ${BASE_IMAGE}
ENV COLOUR="green = yes"
COPY app /app
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["/nothing/that/exists"]
CMD ["looks"]
"""


@cache
def docker_source() -> str:
    """Where docker comes from: `daemon` (one answers), `started` (by the tests), or empty (nowhere)."""
    try:
        detect("docker")
        return "daemon"
    except CannotTell:
        startable = os.geteuid() == 0 and shutil.which("docker") and shutil.which("dockerd")
        return "started" if startable else ""


@cache
def names() -> tuple[str, ...]:
    """Engines to test, for parametrisation."""
    return ("podman", "docker") if docker_source() else ("podman",)


def header() -> str:
    """One line for the header of the test run."""
    said = {
        "daemon": "podman, docker (the daemon that answers)",
        "started": "podman, docker (a daemon of the tests' own)",
        "": "podman only: no docker daemon answers, and none can be started (needs root, docker and dockerd)",
    }
    return f"container engines: {said[docker_source()]}"


@contextmanager
def running(name: str) -> Iterator[tuple[Engine, dict[str, str]]]:
    """The engine, and what a process of its own needs in its environment to reach the same one."""
    if name == "podman":
        yield detect("podman"), {}
    elif docker_source() == "daemon":
        yield detect("docker"), {}
    else:
        # a short path of its own: the name of a socket has at most 107 bytes
        with (
            tempfile.TemporaryDirectory(prefix="dockerd-", ignore_cleanup_errors=True) as folder,
            _daemon(Path(folder)) as host,
        ):
            yield _reached_at(host, Path(folder)), {"DOCKER_HOST": host}


@contextmanager
def _daemon(folder: Path) -> Iterator[str]:
    """A daemon with socket and data of its own, which touches no network and ends with the tests, killed or not."""
    host = f"unix://{folder}/docker.sock"
    options = [f"--host={host}", f"--data-root={folder}/data", f"--exec-root={folder}/exec", "--iptables=false"]
    options += [f"--pidfile={folder}/docker.pid", "--bridge=none"]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "dockerd", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            end = time.monotonic() + START_S
            while not (folder / "docker.sock").exists():
                said = (folder / "log").read_text("utf-8", "replace")[-2000:]
                assert daemon.poll() is None, f"dockerd ended with {daemon.returncode}:\n{said}"
                assert time.monotonic() < end, f"dockerd does not answer:\n{said}"
                time.sleep(0.05)
            yield host
        finally:
            daemon.terminate()
            try:
                daemon.wait(STOP_S)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
            # the daemon leaves this mount behind, and the folder could not be removed
            subprocess.run(["umount", folder / "exec" / "netns" / "default"], capture_output=True, check=False)


def _reached_at(host: str, folder: Path) -> Engine:
    client = folder / "docker"
    client.write_text(f'#!/bin/sh\nexec {shutil.which("docker")} --host {host} "$@"\n')
    client.chmod(0o755)
    version = subprocess.run(
        [client, "version", "--format", "{{.Server.Version}}"],
        capture_output=True,
        text=True,
        timeout=START_S,
        check=True,
    )
    return Engine("docker", version.stdout.strip(), str(client))
