"""The station's end of a case: a WebSocket with frames as text, and nothing of the product's own code."""

import asyncio
import base64
import contextlib
import json
import uuid
from typing import Any

import websockets
from websockets.frames import Opcode

SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"}
ANSWER_WITHIN_S = 10


class Refused(Exception):
    """The handshake was answered with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the handshake was answered with HTTP {status}")
        self.status = status


class Link:
    """One station's connection. `inbox` has the frames that came, decoded; `came` all of them since the case began."""

    def __init__(self, url: str, version: str) -> None:
        self._url, self._subprotocol = url, SUBPROTOCOLS[version]
        self._socket: Any = None
        self._reader: asyncio.Task[None] | None = None
        self.inbox: asyncio.Queue[Any] = asyncio.Queue()
        self.came: list[Any] = []

    @property
    def open(self) -> bool:
        """The CSMS has not closed the connection, nor have we."""
        return self._socket is not None and self._socket.state is websockets.protocol.State.OPEN

    @property
    def ended(self) -> str:
        """How the connection ended."""
        return str(self._socket.protocol.close_exc) if self._socket is not None else "it was never open"

    async def connect(self, *, authorization: bytes | None = None, path: str = "", pong: bool = True) -> None:
        """Shake hands. `path` replaces the station's own. Raises Refused."""
        headers = {}
        if authorization is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(authorization).decode()
        url = self._url.split("/ocpp/")[0] + path if path else self._url
        try:
            self._socket = await websockets.connect(
                url,
                additional_headers=headers,
                proxy=None,
                subprotocols=[self._subprotocol],  # type: ignore[list-item]
                ping_interval=None,
                open_timeout=ANSWER_WITHIN_S,
                max_size=None,
            )
        except websockets.exceptions.InvalidStatus as refused:
            raise Refused(refused.response.status_code) from refused
        if not pong:
            plain = self._socket.protocol.send_frame
            self._socket.protocol.send_frame = lambda frame: None if frame.opcode is Opcode.PONG else plain(frame)
        self._reader = asyncio.create_task(self._read(self._socket))

    async def shake_hands_by_whole_url(self) -> str:
        """The status line that answers a handshake whose request line has the whole URL (RFC 9112, 3.2.2)."""
        authority = self._url.split("/")[2]
        host, _, port = authority.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            (
                f"GET {self._url} HTTP/1.1\r\nHost: {authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {base64.b64encode(uuid.uuid4().bytes).decode()}\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Protocol: {self._subprotocol}\r\n\r\n"
            ).encode()
        )
        line = await asyncio.wait_for(reader.readline(), ANSWER_WITHIN_S)
        writer.close()
        return line.decode().strip()

    async def send(self, frame: str | bytes) -> None:
        """Send a message as it is."""
        await self._socket.send(frame)

    async def closed(self, within_s: float) -> bool:
        """Whether the CSMS closes the connection in that time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._socket.wait_closed(), within_s)
        return not self.open

    async def disconnect(self) -> None:
        """Close the connection, where there is one."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _read(self, socket: Any) -> None:
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            async for message in socket:
                frame = json.loads(message)
                self.came.append(frame)
                self.inbox.put_nowait(frame)
