"""The admin listener of a process: /metrics, /health/live, /health/ready with the reasons, for all its workers."""

import asyncio
import contextlib
from collections.abc import Sequence

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.runtime.loop.worker import Worker
from services.runtime.process import metrics
from services.runtime.process.outage import Unusable

REQUEST_WITHIN_S = 5.0
LARGEST_HEAD_BYTES = 8_192


class Readiness(msgspec.Struct, frozen=True):
    """The body of /health/ready."""

    ready: bool
    reasons: list[str]


class Admin:
    """Serves the health and the metrics of some workers on one port."""

    def __init__(self, workers: Sequence[Worker], *, host: str, port: int) -> None:
        self._workers = tuple(workers)
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port in use, also where 0 asked for any."""
        assert self._server is not None, "the listener was not started"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Listen. Raises Unusable where the port is taken."""
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port, limit=LARGEST_HEAD_BYTES)
        except OSError as error:
            raise Unusable(
                f"The metrics listener cannot use {self._host}:{self._port} ({error.strerror}): "
                "give another --metrics-port, or 0 for none."
            ) from error

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def readiness(self) -> Readiness:
        """Whether all workers can do their work now, and why not."""
        reasons = []
        for worker in self._workers:
            found = worker.not_ready()
            metrics.READY.labels(worker.name).set(not found)
            reasons += found
        return Readiness(not reasons, reasons)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(REQUEST_WITHIN_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head.split(b"\r\n", 1)[0].decode("latin-1")))
                await writer.drain()
        writer.close()

    def _answer(self, request: str) -> bytes:
        match request.split(" "):
            case ["GET" | "HEAD", "/metrics", _]:
                self.readiness()
                return _response("200 OK", CONTENT_TYPE_LATEST, generate_latest())
            case ["GET" | "HEAD", "/health/live", _]:
                return _response("200 OK", "text/plain", b"alive\n")
            case ["GET" | "HEAD", "/health/ready", _]:
                readiness = self.readiness()
                status = "200 OK" if readiness.ready else "503 Service Unavailable"
                return _response(status, "application/json", msgspec.json.encode(readiness))
        return _response("404 Not Found", "text/plain", b"/metrics, /health/live and /health/ready are here\n")


def _response(status: str, content_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
