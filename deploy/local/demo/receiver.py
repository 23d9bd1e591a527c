"""A receiver for the demo's webhook: it takes every delivery, and writes a line about each. It checks no signature; receivers should."""

import asyncio
import contextlib
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
LARGEST_BODY: Final = 1 << 20
SENT_WITHIN_S: Final = 10.0
TAKEN: Final = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
REFUSED: Final = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Receiver:
    """Listens on this machine alone. `log` is emptied at the start, as the logs of the processes are."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen on the port, or with 0 on any free one; which one it is. Raises OSError where it is taken."""
        self._log.write_text("")
        self._server = await asyncio.start_server(self._take, HOST, port)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def stop(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SENT_WITHIN_S):
                answer = await self._answer(reader)
                writer.write(answer)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the sender went away, or sends no HTTP: it is not answered, and sends again
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = (line.partition(":") for line in head[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in named}
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return REFUSED
        body = await reader.readexactly(int(length))
        with self._log.open("a") as log:
            log.write(f"{headers.get('webhook-id', 'no id')} {body[:200].decode(errors='replace')}\n")
        return TAKEN
