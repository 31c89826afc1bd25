"""A server over HTTP on loopback, in a thread of this process, for as long as a block lasts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news."""


@contextmanager
def loopback_server(handler: type[BaseHTTPRequestHandler], state: Any) -> Iterator[str]:
    """The server's address, until the block ends. Each request is answered by a `handler` with this `state`."""
    server = _Server(("127.0.0.1", 0), type(handler.__name__, (handler,), {"state": state}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
