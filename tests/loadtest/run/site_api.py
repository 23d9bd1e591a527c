"""The part of the operator API that simulated sites use, as a server of a thread: it remembers what it was given."""

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any


class SiteApi(http.server.BaseHTTPRequestHandler):
    """Takes everything."""

    given: list[tuple[str, str, Any]]

    def do_PUT(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def _take(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.given.append((self.command, self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    protocol_version = "HTTP/1.1"


@contextlib.contextmanager
def site_api() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    """Where it listens, and what it was given."""
    given: list[tuple[str, str, Any]] = []
    handler = type("Api", (SiteApi,), {"given": given})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", given
        server.shutdown()
