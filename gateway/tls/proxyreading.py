"""Reading PROXY headers from sockets: exactly their bytes, so that TLS or HTTP finds what follows."""

import asyncio
import socket as sockets

from gateway.tls.proxyprotocol import (
    HEAD_BYTES,
    LONGEST_LINE,
    SIGNATURE,
    V1,
    BadHeader,
    Proxied,
    body_bytes,
    read_body,
    read_line,
)


class Untrusted(Exception):
    """A PROXY header of somebody who is no trusted proxy."""


async def read_header(socket: sockets.socket) -> Proxied:
    """Read the header of a trusted proxy. Raises BadHeader, EOFError, OSError."""
    head = await _exactly(socket, len(SIGNATURE))
    if head == SIGNATURE:
        head += await _exactly(socket, HEAD_BYTES - len(SIGNATURE))
        return read_body(head, await _exactly(socket, body_bytes(head)))
    if not head.startswith(V1):
        raise BadHeader("there is none")
    while not head.endswith(b"\r\n"):
        if len(head) >= LONGEST_LINE:
            raise BadHeader("its line is too long")
        head += await _exactly(socket, 1)
    return read_line(head[:-2])


async def refuse_header(socket: sockets.socket) -> None:
    """Look at the first bytes and leave them. Raises Untrusted where they begin a PROXY header, OSError."""
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()

    def ready() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(socket.fileno(), ready)
    try:
        await readable
    finally:
        loop.remove_reader(socket.fileno())
    first = socket.recv(len(SIGNATURE), sockets.MSG_PEEK)
    if first.startswith((V1, SIGNATURE)):
        raise Untrusted


async def _exactly(socket: sockets.socket, count: int) -> bytes:
    loop, data = asyncio.get_running_loop(), b""
    while len(data) < count:
        more = await loop.sock_recv(socket, count - len(data))
        if not more:
            raise EOFError
        data += more
    return data
