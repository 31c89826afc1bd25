"""A real OCI registry in a process of its own: Debian's docker-registry on the loopback, with its data in a folder."""

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "docker-registry"
START_S = 20.0
_CONFIGURATION = """version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {folder}}}
  delete: {{enabled: true}}
http:
  addr: 127.0.0.1:{port}
"""


def program() -> str | None:
    """The registry's program: on the path, or where bootstrap.py puts it, beside the interpreter."""
    return shutil.which(PROGRAM) or shutil.which(PROGRAM, path=str(Path(sys.executable).parent))


def header() -> str:
    """Whether the tests of a real registry run."""
    return f"OCI registry: {PROGRAM if program() else f'no {PROGRAM}: test_registry_process.py is left out'}"


@contextmanager
def oci_registry(folder: Path) -> Iterator[str]:
    """A running registry, as `127.0.0.1:port`; it is gone afterwards."""
    found = program()
    assert found is not None, "docker-registry is not installed"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "registry.yml"
    configuration.write_text(_CONFIGURATION.format(folder=folder / "blobs", port=port))
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen([found, "serve", str(configuration)], stdout=log, stderr=log)
    try:
        _wait(process, port, folder / "registry.log")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if get(f"127.0.0.1:{port}", "/v2/")[0] == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the registry does not answer: {log.read_text()}")


def get(address: str, path: str, accept: str = "*/*") -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of one GET request."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
