"""Listening: the ports of the gateway, and the WebSocket server behind them."""

import asyncio
import logging
import socket as sockets
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.server import Server, ServerConnection
from websockets.exceptions import WebSocketException
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from gateway.acceptor import BACKLOG, Acceptor, Listener, Security
from gateway.settings import Settings
from gateway.sockets import Origin, StationSocket
from gateway.tls.contexts import Contexts

Answer = Response | None
_LOG = logging.getLogger("websockets.server")


class NoPort(Exception):
    """No port is set."""


async def listen(
    settings: Settings,
    contexts: Callable[[], Contexts] | None,
    *,
    serve: Callable[[StationSocket], Awaitable[None]],
    admit: Callable[[ServerConnection, Request], Answer | Awaitable[Answer]],
    subprotocol: Callable[[StationSocket], Subprotocol],
) -> tuple[Server, Acceptor]:
    """Listen on all ports. `contexts`: of TLS, the newest each time; None without TLS. Raises OSError, NoPort."""

    def make(origin: Origin) -> StationSocket:
        protocol = ServerProtocol(
            select_subprotocol=lambda _protocol, _offered: subprotocol(socket),
            max_size=settings.max_frame_bytes,
            logger=_LOG,
        )
        socket = StationSocket(
            protocol,
            server,
            # Connections ping by the wheel: a task per connection costs memory, and would cut off stations that we do not read.
            ping_interval=None,
            close_timeout=settings.close_timeout_s,
            max_queue=(8, 2),
            write_limit=settings.write_buffer_bytes,
        )
        socket.origin = origin
        return socket

    async def handle(socket: ServerConnection) -> None:
        assert isinstance(socket, StationSocket)
        try:
            await _handshake(socket, admit, settings.open_timeout_s)
            if socket.protocol.state is State.OPEN:
                server.all_connections.add(socket)
                async with socket:
                    await serve(socket)
        except (WebSocketException, OSError, EOFError, TimeoutError):
            pass  # the handshake failed: websockets has answered what there was to answer
        finally:
            _forget(server, socket)

    listeners = await _listeners(settings, contexts)
    acceptor = Acceptor(listeners, settings, make, most=settings.max_connections)

    async def created() -> Any:
        return acceptor

    server = Server(created, handle, _LOG)
    return await server, acceptor


def _forget(server: Server, socket: StationSocket) -> None:
    """The connection is over."""
    server.all_connections.discard(socket)
    task = asyncio.current_task()
    assert task is not None
    server.handler_tasks.discard(task)
    if socket.protocol.state is not State.CLOSED:
        socket.transport.abort()


async def _handshake(
    socket: StationSocket, admit: Callable[[ServerConnection, Request], Answer | Awaitable[Answer]], within_s: float
) -> None:
    try:
        async with asyncio.timeout(within_s):
            await socket.handshake(admit, None, None)
    finally:
        socket.origin.opened()


async def _listeners(settings: Settings, contexts: Callable[[], Contexts] | None) -> list[Listener]:
    def plain() -> ssl.SSLContext | None:
        return None

    wanted: list[tuple[Security, int, Callable[[], ssl.SSLContext | None]]] = []
    if settings.plain:
        wanted.append(("plain", settings.port, plain))
    if contexts is not None and settings.tls_port is not None:
        wanted.append(("tls", settings.tls_port, lambda: contexts().server))
    if contexts is not None and settings.mtls_port is not None:
        wanted.append(("mtls", settings.mtls_port, lambda: contexts().mutual))
    if not wanted:
        raise NoPort("Stations can connect nowhere: set tls_port or mtls_port, or plain to true.")
    listeners: list[Listener] = []
    try:
        for security, port, context in wanted:
            bound = await _bound(settings.host, port)
            listeners += (Listener(security=security, socket=socket, context=context) for socket in bound)
    except OSError:
        for listener in listeners:
            listener.socket.close()
        raise
    return listeners


async def _bound(host: str, port: int) -> list[sockets.socket]:
    """Listening sockets for all addresses of the host. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=sockets.SOCK_STREAM, flags=sockets.AI_PASSIVE)
    bound: list[sockets.socket] = []
    for family, kind, protocol, _, address in dict.fromkeys(found):
        socket = sockets.socket(family, kind, protocol)
        bound.append(socket)
        try:
            socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
            if family == sockets.AF_INET6:
                socket.setsockopt(sockets.IPPROTO_IPV6, sockets.IPV6_V6ONLY, 1)
            socket.setblocking(False)
            socket.bind(address)
            socket.listen(BACKLOG)
        except OSError as error:
            for each in bound:
                each.close()
            raise OSError(error.errno, f"{host}:{port}: {error.strerror}") from error
    return bound
