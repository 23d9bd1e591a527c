"""Acceptor: accepts connections on all ports, bounds the handshakes in progress, and speaks the PROXY protocol and TLS before HTTP."""

import asyncio
import errno
import logging
import socket as network
import ssl
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from gateway.quotas import Quota
from gateway.slots import Slot, Slots
from gateway.sockets import Origin, StationSocket
from gateway.tls import metrics
from gateway.tls.handshaking import cause_of
from gateway.tls.proxies import Networks, trusts
from gateway.tls.proxyprotocol import BadHeader
from gateway.tls.proxyreading import Untrusted, read_header, refuse_header
from gateway.tls.settings import TlsSettings

log = logging.getLogger(__name__)

BACKLOG = 4_096
AT_ONCE = 64
"""Connections accepted before others get a turn."""

OUT_OF_FILES_S = 0.5
OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
FAILURES_AT_ONCE = 10
"""The burst of failed handshakes of an address, in seconds of its rate."""

EVERY = ""
"""The key of a quota that has only one key."""

SHUTDOWN_S = 5.0
"""How long a station may take to answer the end of TLS."""

LOGGED_EVERY_S = 60.0
"""One failed handshake of an address and cause is logged so often."""

Security = Literal["plain", "tls", "mtls"]


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """A port. `context`: what handshakes are made with now; None for one without TLS."""

    security: Security
    socket: network.socket
    context: Callable[[], ssl.SSLContext | None]

    @property
    def port(self) -> int:
        """Its number."""
        return int(self.socket.getsockname()[1])


class Acceptor:
    """Accepts on all listeners. `make` gives the protocol of a connection. For websockets it is the asyncio.Server of its server."""

    def __init__(
        self,
        listeners: Sequence[Listener],
        settings: TlsSettings,
        make: Callable[[Origin], StationSocket],
        *,
        most: int,
    ) -> None:
        self.listeners = tuple(listeners)
        self._settings = settings
        self._make = make
        self._trusted: Networks = settings.proxies()
        self._loop = asyncio.get_running_loop()
        self._serving = True
        self._paused = False
        self._slots = Slots(self._resume)
        self._tasks: set[asyncio.Task[None]] = set()
        per_s = settings.failed_handshakes_per_s
        self._failures = Quota(burst=per_s * FAILURES_AT_ONCE, every_s=1 / per_s, limit=most)
        self._logged = Quota(burst=1, every_s=LOGGED_EVERY_S, limit=1_000)
        self._logged_all = Quota(burst=20, every_s=1.0, limit=1)
        metrics.IN_PROGRESS.set_function(lambda: self._slots.taken)
        for listener in self.listeners:
            self._loop.add_reader(listener.socket.fileno(), self._accept, listener)

    # -- what websockets asks of a server -----------------------------------------------------------------------------

    @property
    def sockets(self) -> tuple[network.socket, ...]:
        """The listening sockets."""
        return tuple(listener.socket for listener in self.listeners)

    def is_serving(self) -> bool:
        """Whether connections are accepted."""
        return self._serving

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop."""
        return self._loop

    def close(self) -> None:
        """Accept no more, and end the TLS handshakes in progress."""
        if not self._serving:
            return
        self._serving = False
        self._listen(False)
        for listener in self.listeners:
            listener.socket.close()
        for task in self._tasks:
            task.cancel()

    async def wait_closed(self) -> None:
        """Wait for the TLS handshakes in progress."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    # -- accepting ----------------------------------------------------------------------------------------------------

    def _listen(self, wanted: bool) -> None:
        for listener in self.listeners:
            if wanted:
                self._loop.add_reader(listener.socket.fileno(), self._accept, listener)
            else:
                self._loop.remove_reader(listener.socket.fileno())

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            metrics.PAUSED.inc()
            self._listen(False)

    def _resume(self) -> None:
        if self._paused and self._serving:
            self._paused = False
            self._listen(True)

    def _accept(self, listener: Listener) -> None:
        for _ in range(AT_ONCE):
            if self._slots.taken >= self._settings.handshakes:
                self._pause()
                return
            try:
                socket, peer = listener.socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in OUT_OF_FILES:
                    raise
                log.error(  # noqa: TRY400 the message says it all
                    "No connection can be accepted now: %s", error.strerror
                )
                self._pause()
                self._loop.call_later(OUT_OF_FILES_S, self._resume)
                return
            self._begin(listener, socket, str(peer[0]))

    def _begin(self, listener: Listener, socket: network.socket, peer: str) -> None:
        trusted = trusts(self._trusted, peer)
        if not trusted and self._refuses(peer):
            socket.close()
            return
        slot = self._slots.take("" if trusted else peer)
        origin = Origin(peer=peer, address=peer, trusted=trusted, tls=listener.security != "plain", opened=slot.release)
        task = self._loop.create_task(self._open(listener, socket, origin, slot))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _refuses(self, address: str) -> bool:
        """Whether no more connections of the address are taken now."""
        if self._slots.of(address) >= self._settings.handshakes_per_address:
            metrics.CLOSED.labels("address").inc()
            return True
        if self._failures.wait_s(address, self._loop.time()):
            metrics.CLOSED.labels("failures").inc()
            return True
        return False

    async def _open(self, listener: Listener, socket: network.socket, origin: Origin, slot: Slot) -> None:
        """Bring a connection to where HTTP begins; from there its protocol has it, and the slot."""
        opened = False
        try:
            socket.setblocking(False)
            if self._settings.proxy_protocol and not await self._read_header(socket, origin, slot):
                return
            context = listener.context()
            timeouts = {}
            if context is not None:
                timeouts = {
                    "ssl_handshake_timeout": self._settings.tls_handshake_timeout_s,
                    "ssl_shutdown_timeout": SHUTDOWN_S,
                }
            await self._loop.connect_accepted_socket(lambda: self._make(origin), socket, ssl=context, **timeouts)
            opened = True
        except OSError as error:  # ssl.SSLError and TimeoutError are some
            if origin.tls:
                self._note_failure(origin, error)
        finally:
            if not opened:
                slot.release()
                socket.close()

    async def _read_header(self, socket: network.socket, origin: Origin, slot: Slot) -> bool:
        """Read the PROXY header; False where the connection is to be closed."""
        try:
            async with asyncio.timeout(self._settings.tls_handshake_timeout_s):
                if not origin.trusted:
                    await refuse_header(socket)
                    return True
                proxied = await read_header(socket)
        except (BadHeader, EOFError, TimeoutError, OSError):
            metrics.CLOSED.labels("proxy").inc()
            return False
        except Untrusted:
            metrics.CLOSED.labels("untrusted-proxy").inc()
            return False
        origin.proxied = proxied
        if proxied.address:
            origin.address = proxied.address
            if self._refuses(proxied.address):
                return False
            self._slots.move(slot, proxied.address)
        return True

    def _note_failure(self, origin: Origin, error: OSError) -> None:
        cause, now = cause_of(error), self._loop.time()
        metrics.FAILED.labels(cause).inc()
        if origin.address != origin.peer or not origin.trusted:
            self._failures.note(origin.address, now)
        key = f"{origin.address} {cause}"
        if not self._logged.wait_s(key, now) and not self._logged_all.wait_s(EVERY, now):
            self._logged.note(key, now)
            self._logged_all.note(EVERY, now)
            log.warning("A TLS handshake of %s failed: %s (%s)", origin.address, cause, error)
