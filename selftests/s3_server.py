"""A small S3 over HTTP on loopback: conditional puts with checksums, reads, listings; and failures on demand.

moto in this process stands for the service in most tests. This one stands for it where another process publishes, and
where a request must fail on the wire.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from selftests.loopback_server import loopback_server

BUCKET = "evidence-bucket"


@dataclass(slots=True)
class Fault:
    """What happens to requests of `method` whose key ends with `key`, `times` times: `status` and error `code`, with
    the object `stored` all the same or not; or the answer comes after `delay_s`; or `cut` bytes of it are missing; or
    it is a `page` that somebody on the way puts in its place.
    """

    method: str
    key: str = ""
    status: int = 0
    code: str = ""
    delay_s: float = 0
    cut: int = 0
    stored: bool = False
    page: str = ""
    times: int = 1000


@dataclass(slots=True)
class Store:
    """What the server holds, and the faults it is to make."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    puts: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method: str, key: str) -> Fault | None:
        """The fault that this request meets, if any."""
        with self.lock:
            for fault in self.faults:
                if fault.method == method and key.endswith(fault.key) and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None


@contextmanager
def s3_server() -> Iterator[Store]:
    """The server, with one empty bucket called `BUCKET`, until the block ends."""
    store = Store()
    with loopback_server(_Handler, store) as store.url:
        yield store


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Store

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self._key()
        if self._failed("PUT", key, body):
            return
        if self.headers.get("x-amz-checksum-sha256") != base64.b64encode(hashlib.sha256(body).digest()).decode():
            self._error(400, "BadDigest")
            return
        with self.state.lock:
            taken = key in self.state.objects and self.headers.get("If-None-Match") == "*"
            if not taken:
                self.state.objects[key] = body
                self.state.puts.append(key)
        if taken:
            self._error(412, "PreconditionFailed")
        else:
            self._answer(200, b"")

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        key = self._key()
        if self._failed("LIST" if "list-type" in query else "GET", key):
            return
        if "list-type" in query:
            self._answer(200, self._listing(query.get("prefix", [""])[0]))
        elif "versioning" in query:
            self._answer(200, b"<VersioningConfiguration/>")
        elif "object-lock" in query:
            self._error(404, "ObjectLockConfigurationNotFoundError")
        elif key in self.state.objects:
            self._answer(200, self.state.objects[key])
        else:
            self._error(404, "NoSuchKey")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).partition("/")[2].partition("/")[2]

    def _failed(self, method: str, key: str, body: bytes = b"") -> bool:
        if not self.path.startswith(f"/{BUCKET}"):
            self._error(404, "NoSuchBucket")
            return True
        fault = self.state.fault(method, key)
        if fault is None:
            return False
        time.sleep(fault.delay_s)
        if fault.stored:
            with self.state.lock:
                self.state.objects.setdefault(key, body)
        if fault.page:
            self._answer(200, fault.page.encode())
        elif fault.status:
            self._error(fault.status, fault.code)
        elif fault.cut:
            data = self.state.objects[key]
            self._answer(200, data[: -fault.cut], len(data))
            self.close_connection = True
        return bool(fault.status or fault.cut or fault.page)

    def _listing(self, prefix: str) -> bytes:
        with self.state.lock:
            found = sorted((key, len(data)) for key, data in self.state.objects.items() if key.startswith(prefix))
        rows = "".join(f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size></Contents>" for key, size in found)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

    def _error(self, status: int, code: str) -> None:
        text = f"<Error><Code>{code}</Code><Message>quotes AKIAEXAMPLEEXAMPLE12 and its secret</Message></Error>"
        self._answer(status, text.encode())

    def _answer(self, status: int, body: bytes, claimed: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if claimed is None else claimed))
        self.end_headers()
        self.wfile.write(body)
