"""A ClickHouse to test against over HTTP: the engine of chDB behind what its HTTP interface asks and answers.

`python -m tests.clickhouse_server --port 8123 --folder /data` runs one as a process, to be killed and frozen. It speaks what
clickhouse-connect uses (queries, bound parameters, settings, inserts in Native, errors by their codes) and nothing more.
"""

import argparse
import contextlib
import gzip
import io
import json
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame

INSERT = re.compile(rb"\s*(INSERT INTO .*?) FORMAT Native\n", re.DOTALL)
ENDS_WITH_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)


def _unpacked_lz4(body: bytes) -> bytes:
    """All frames of it: clickhouse-connect makes one of each block, and `lz4.frame.decompress` gives the first alone."""
    with lz4.frame.open(io.BytesIO(body)) as frames:
        return bytes(frames.read())


UNPACK = {"": bytes, "gzip": gzip.decompress, "lz4": _unpacked_lz4}
CODE = re.compile(r"Code: (\d+)")
OF_THE_INTERFACE = {
    *("query", "database", "user", "password", "query_id", "quota_key", "role", "default_format", "buffer_size"),
    *("session_id", "session_timeout", "session_check", "wait_end_of_query", "client_protocol_version"),
    *("compress", "decompress", "enable_http_compression"),
    *("send_progress_in_http_headers", "http_headers_progress_interval_ms"),
}
"""Parameters of the interface itself; all others are settings, or `param_*` for what is bound."""


class Engine:
    """The one engine of this process, with a handle of its own for each kind of caller: database and settings stay with a handle."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._idle: dict[tuple[Any, ...], list[Any]] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def handle(self, database: str, settings: Mapping[str, str]) -> Iterator[Any]:
        """A handle that nobody else uses meanwhile."""
        kind = (database, *sorted(settings.items()))
        with self._lock:
            idle = self._idle.setdefault(kind, [])
            handle = idle.pop() if idle else None
        handle = handle or self._made(database, settings)
        try:
            yield handle
        finally:
            with self._lock:
                self._idle[kind].append(handle)

    def _made(self, database: str, settings: Mapping[str, str]) -> Any:
        handle = chdb.connect(self._folder)
        if database:
            handle.query(f"USE `{database}`")
        for name, value in settings.items():
            handle.query(f"SET {name} = '{value}'")
        return handle


class Front(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        """/ping (and as the product's own processes are asked whether they are ready), and statements in the address."""
        if urlsplit(self.path).path in {"/ping", "/health/ready"}:
            self._answer(200, b"Ok.\n", {})
        else:
            self.do_POST()

    def do_POST(self) -> None:
        """A statement in the address or the body, with data behind it or not."""
        body, asked = self._body(), dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        text = b"\n".join(part for part in (asked.get("query", "").encode(), body) if part)
        settings = {name: value for name, value in asked.items() if not name.startswith("param_")}
        for name in OF_THE_INTERFACE & set(settings):
            del settings[name]
        bound = {name.removeprefix("param_"): value for name, value in asked.items() if name.startswith("param_")}
        try:
            with self.server.engine.handle(asked.get("database", ""), settings) as handle:
                self._run(handle, text, bound)
        except RuntimeError as error:  # whatever the engine refuses
            code = CODE.search(str(error))
            self._answer(500, str(error).encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1000"})

    def _run(self, handle: Any, text: bytes, bound: Mapping[str, str]) -> None:
        insert = INSERT.match(text)
        if insert:
            with tempfile.NamedTemporaryFile(suffix=".native") as data:
                data.write(text[insert.end() :])
                data.flush()
                handle.query(f"{insert[1].decode()} FROM INFILE '{data.name}' FORMAT Native")
            self._answer(200, b"", {"X-ClickHouse-Summary": json.dumps({"written_rows": "0"})})
            return
        told = ENDS_WITH_FORMAT.search(text)
        form = told[1].decode() if told else "TabSeparated"
        result = handle.query(text, form, params=dict(bound)).bytes() or b""
        headers = {"X-ClickHouse-Timezone": "UTC", "X-ClickHouse-Summary": "{}"}
        self._answer(200, result, headers | ({"X-ClickHouse-Format": form} if result or told else {}))

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return UNPACK[self.headers.get("Content-Encoding", "")](body)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests ask often."""


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1; a thread for each connection."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path) -> None:
        self.engine = Engine(folder)
        super().__init__(("127.0.0.1", port), Front)

    @property
    def dsn(self) -> str:
        """Where to reach it."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.clickhouse_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # as a kill: what was answered is on disk
    with Server(asked.port, asked.folder) as server:
        print(f"ClickHouse for tests at {server.dsn}, data in {asked.folder}", file=sys.stderr, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
