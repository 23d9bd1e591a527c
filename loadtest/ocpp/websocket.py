"""A lean RFC 6455 client over `asyncio.Protocol`: one object a connection, no task and no queue, so that the generator stays cheap."""

import asyncio
import base64
import hashlib
import random
import socket
import ssl
import sys
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import msgspec

from loadtest.ocpp.clientcertificates import context_of
from loadtest.ocpp.network import Wire

MESSAGE_LIMIT_BYTES = 1_048_576
HEAD_LIMIT_BYTES = 65_536
CLOSE_WAIT_S = 1.0
IP_BIND_ADDRESS_NO_PORT = 24  # linux/in.h; Python names it from 3.12 on
ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3

TEXT, BINARY, CLOSE, PING, PONG = 0x81, 0x82, 0x88, 0x89, 0x8A  # first byte of a whole frame: FIN and the opcode
FIN, OPCODE = 0x80, 0x0F


class Refused(Exception):
    """The server did not upgrade the connection. `status` is its HTTP status, 0 if its answer was not HTTP."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"HTTP {status}: {sentence}" if status else sentence)
        self.status = status


class Listener(Protocol):
    """The receiver of a WebSocket's messages and of its end."""

    def received(self, message: bytes) -> None:
        """A whole text or binary message."""

    def closed(self, code: int) -> None:
        """The connection is over; 1006 where no close frame came (RFC 6455 section 7.1.5)."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a station connects to, and as whom. `client_certificates`: the folder with its certificate; empty: it shows none."""

    url: str
    station: str
    subprotocol: str
    password: str = ""
    client_certificates: str = ""
    source_address: str = ""
    timeout_s: float = 30.0


class WebSocket(asyncio.Protocol):
    """One client connection. `opened` is done after the upgrade, with Refused where there is none."""

    __slots__ = (
        "_accept",
        "_closing",
        "_code",
        "_listener",
        "_parts",
        "_request",
        "_rest",
        "_transport",
        "_upgraded",
        "opened",
    )

    def __init__(self, request: bytes, accept: bytes, listener: Listener) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = request
        self._accept = accept
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._parts: tuple[bytes, ...] = ()
        self._upgraded = False
        self._closing = False
        self._code = 1006

    # -- what asyncio calls -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's transports are no subclasses of asyncio's
        assert self._transport is not None
        self._transport.write(self._request)
        self._request = b""  # thousands of connections remember no more than they need

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        if not self._upgraded:
            data = self._upgrade(data)
        self._rest = self._take_frames(data) if self._upgraded else data

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(Refused(0, "the server closed the connection during the handshake"))
        self._transport = None
        if self._upgraded:
            self._listener.closed(self._code)

    # -- what its owner calls -----------------------------------------------------------------------------------------

    def send(self, message: bytes) -> None:
        """Send one text message. Nothing happens if the connection is over; its listener is informed separately."""
        if self._transport is not None and not self._closing:
            self._transport.write(client_frame(TEXT, message))

    def close(self, code: int = 1000) -> None:
        """Say goodbye; the transport ends when the server answers, or soon after."""
        transport = self._transport
        if transport is None or self._closing:
            return
        self._closing = True
        self._code = code
        transport.write(client_frame(CLOSE, code.to_bytes(2, "big")))
        asyncio.get_running_loop().call_later(CLOSE_WAIT_S, transport.abort)

    def abort(self) -> None:
        """Drop the connection without a close frame, as a power cut does."""
        if self._transport is not None:
            self._transport.abort()

    # -- reading ------------------------------------------------------------------------------------------------------

    def _upgrade(self, data: bytes) -> bytes:
        head, found, rest = data.partition(b"\r\n\r\n")
        if not found:
            if len(data) > HEAD_LIMIT_BYTES:
                self._fail(Refused(0, "the server's answer to the handshake is no HTTP"))
            return data
        refusal = refusal_in(head, self._accept, rest)
        if refusal is not None:
            self._fail(refusal)
            return b""
        self._upgraded = True
        if not self.opened.done():
            self.opened.set_result(None)
        return rest

    def _fail(self, refusal: Refused) -> None:
        if not self.opened.done():
            self.opened.set_exception(refusal)
        self.abort()

    def _take_frames(self, data: bytes) -> bytes:
        """Handle all whole frames in `data`; return what is left of it."""
        start, end = 0, len(data)
        while end - start >= 2:
            length, head = data[start + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[start + 2 : start + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[start + 2 : start + 10], "big"), 10
            elif length > 127:  # RFC 6455 section 5.1: a server must not mask
                self.close(1002)
                return b""
            body = start + head
            if end < body + length:
                if length > MESSAGE_LIMIT_BYTES:
                    self.close(1009)
                    return b""
                break
            self._take_frame(data[start], data[body : body + length])
            start = body + length
        return data[start:]

    def _take_frame(self, first: int, payload: bytes) -> None:
        match first:
            case 0x81 | 0x82:  # TEXT, BINARY
                self._listener.received(payload)
            case 0x89:  # PING
                if self._transport is not None:
                    self._transport.write(client_frame(PONG, payload))
            case 0x88:  # CLOSE
                self._take_close(payload)
            case _ if first & OPCODE <= 2:
                self._take_part(first, payload)

    def _take_part(self, first: int, payload: bytes) -> None:
        self._parts += (payload,)
        if sum(map(len, self._parts)) > MESSAGE_LIMIT_BYTES:
            self.close(1009)
        elif first & FIN:
            message, self._parts = b"".join(self._parts), ()
            self._listener.received(message)

    def _take_close(self, payload: bytes) -> None:
        if not self._closing:
            self._code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
        self.close(self._code if 1000 <= self._code < 5000 and self._code != 1005 else 1000)
        if self._transport is not None:
            self._transport.close()


def client_frame(first: int, payload: bytes) -> bytes:
    """A whole frame from a client: masked with a fresh key (RFC 6455 section 5.3)."""
    length = len(payload)
    if length < 126:
        head = bytes((first, 0x80 | length))
    elif length < 65_536:
        head = bytes((first, 0xFE)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, 0xFF)) + length.to_bytes(8, "big")
    key = random.getrandbits(32).to_bytes(4, "big")
    mask = int.from_bytes((key * ((length + 3) // 4))[:length], "little")
    # One XOR of two big integers is the fastest mask that needs no extension module.
    return head + key + (int.from_bytes(payload, "little") ^ mask).to_bytes(length, "little")


def refusal_in(head: bytes, accept: bytes, body: bytes) -> Refused | None:
    """Why the answer to a handshake is no upgrade; None where it is one (RFC 6455 section 4.1)."""
    status_line, *lines = head.decode("latin-1").split("\r\n")
    words = status_line.split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if status != 101:
        sentence = body.decode("utf-8", "replace").strip().split("\n")[0][:200]
        return Refused(status, sentence or status_line[:200])
    if headers.get("sec-websocket-accept", "").encode() != accept:
        return Refused(0, "the server's Sec-WebSocket-Accept does not match")
    if not headers.get("sec-websocket-protocol"):
        return Refused(0, "the server chose no subprotocol")
    return None


def handshake(target: Target) -> tuple[bytes, bytes]:
    """The HTTP request that asks for the upgrade, and the Sec-WebSocket-Accept that a server must answer."""
    parts = urlsplit(target.url)
    key = base64.b64encode(random.randbytes(16))
    lines = [
        f"GET {parts.path.rstrip('/')}/{quote(target.station, safe='')} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key.decode()}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {target.subprotocol}",
        "User-Agent: voltbus-loadtest",
    ]
    if target.password:
        basic = base64.b64encode(f"{target.station}:{target.password}".encode()).decode()
        lines.append(f"Authorization: Basic {basic}")
    accept = base64.b64encode(hashlib.sha1(key + ACCEPT_GUID, usedforsecurity=False).digest())
    return ("\r\n".join(lines) + "\r\n\r\n").encode(), accept


@cache
def trusted() -> ssl.SSLContext:
    """The machine's certificate authorities, read once."""
    return ssl.create_default_context()


def _spoken(target: Target) -> ssl.SSLContext:
    folder = target.client_certificates
    return context_of(Path(folder), target.station) if folder else trusted()


async def connect(target: Target, listener: Listener, wire: Wire | None = None) -> WebSocket:
    """An open connection, over a bad wire where one is given. Raises Refused, OSError or TimeoutError."""
    parts = urlsplit(target.url)
    websocket = WebSocket(*handshake(target), listener)
    secure = parts.scheme == "wss"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    there: dict[str, Any] = {"host": host, "port": port}
    try:
        async with asyncio.timeout(target.timeout_s):
            if target.source_address:
                there = {"sock": await connected_from(target.source_address, host, port)}
            await asyncio.get_running_loop().create_connection(
                lambda: websocket if wire is None else wire.around(websocket),
                ssl=_spoken(target) if secure else None,
                server_hostname=host if secure else None,
                **there,
            )
            await websocket.opened
    except BaseException:
        websocket.abort()
        raise
    return websocket


async def connected_from(source_address: str, host: str, port: int) -> socket.socket:
    """A socket connected from that address. Raises OSError."""
    made = socket.socket(socket.AF_INET6 if ":" in source_address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        if sys.platform == "linux":
            # The port is chosen by connect, which may share it between servers; bind would search for one that nobody has at
            # all, and take milliseconds for it once thousands are taken.
            made.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        made.bind((source_address, 0))
        await asyncio.get_running_loop().sock_connect(made, (host, port))
    except BaseException:
        made.close()
        raise
    return made
