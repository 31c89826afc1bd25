"""A small ECR over HTTP on loopback, which tells what the strict registry knows, or lies on the wire."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from packaging_readiness.registry.aws_errors import ServiceError
from packaging_readiness.registry.strict import StrictEcr
from selftests.loopback_server import loopback_server

_OPERATIONS = {
    "DescribeRepositories": "describe_repositories",
    "DescribeImages": "describe_images",
    "BatchGetImage": "batch_get_image",
}


@dataclass(slots=True)
class Lie:
    """What happens to the answer of one operation: its content is changed, or it is another body altogether, by another
    status; or `cut` bytes of it are missing; or it comes after `delay_s`.
    """

    operation: str
    change: Callable[[dict[str, Any]], None] | None = None
    body: bytes | None = None
    status: int = 200
    cut: int = 0
    delay_s: float = 0


@dataclass(slots=True)
class Wire:
    """The server's address, what it knows, and the lie that it is to tell."""

    ecr: StrictEcr
    url: str = ""
    lie: Lie | None = None


@contextmanager
def ecr_server(ecr: StrictEcr) -> Iterator[Wire]:
    """The server, until the block ends."""
    wire = Wire(ecr)
    with loopback_server(_Handler, wire) as wire.url:
        yield wire


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Wire

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        lie = self.state.lie if self.state.lie and self.state.lie.operation == operation else None
        status = 200
        try:
            answer = dict(getattr(self.state.ecr, _OPERATIONS[operation])(**asked))
        except ServiceError as error:
            status, answer = 400, {"__type": error.response["Error"]["Code"], "message": "no"}
        if lie and lie.change:
            lie.change(answer)
        body = json.dumps(answer, default=_plain).encode()
        if lie and lie.body is not None:
            status, body = lie.status, lie.body
        time.sleep(lie.delay_s if lie else 0)
        cut = lie.cut if lie else 0
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - cut])
        self.close_connection = bool(cut)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _plain(value: object) -> float:
    assert isinstance(value, datetime)
    return value.timestamp()
