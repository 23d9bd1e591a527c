"""An HTTP server for tests, on loopback: it answers what it is told, and keeps what it was asked."""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpServer:
    """Answers each path with its content (status 200), else with `status` and nothing. `hangs`: it never answers."""

    content: dict[str, bytes] = field(default_factory=dict)
    status: int = 404
    hangs: bool = False
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> "HttpServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = first.split()
        self.asked.append(Asked(method, path, headers, body))
        if self.hangs:
            await reader.read()
            writer.close()
            return
        content = self.content.get(path)
        status = 200 if content is not None else self.status
        content = content or b""
        writer.write(b"HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(content)))
        writer.write(content)
        await writer.drain()
        writer.close()
