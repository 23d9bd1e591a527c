"""A receiver of webhooks for tests: an HTTP server that keeps what it gets and answers as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import msgspec


class Got(NamedTuple):
    """A request, with what was in it."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def delivery(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        return msgspec.json.decode(self.body)


class HttpReceiver:
    """Answers each request with `answers(request)`: the head of the answer, or b"" to say nothing at all."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.connections = 0
        self.answers: Callable[[Got], bytes] = lambda _: b"HTTP/1.1 204 No Content\r\n"
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    def says(self, status: int, *headers: str) -> None:
        """Answer every request alike from now on."""
        lines = [f"HTTP/1.1 {status} Word", *headers, "content-length: 0", ""]
        self.answers = lambda _: "\r\n".join(lines).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                request = Got(head[0].split(" ")[1], headers, body)
                self.got.append(request)
                if answer := self.answers(request):
                    writer.write(answer + b"\r\n")
                    await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[HttpReceiver]:
    """A receiver that listens; 0: on a port that is free."""
    receiver = HttpReceiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        server.close_clients() if hasattr(server, "close_clients") else None
