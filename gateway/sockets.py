"""Sockets: the WebSocket connection of the library, extended by what the gateway needs."""

import time
from collections.abc import Callable

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

from gateway.admission import Admitted
from gateway.tls.proxyprotocol import Proxied

TEXT = Opcode.TEXT
NEVER = float("inf")


class Origin(msgspec.Struct, kw_only=True):
    """Where a connection comes from.

    `peer`: the address of the socket; `address`: of the client, as far as a trusted proxy says another one. `tls`: spoken with us.
    `opened` is called when its handshake is over.
    """

    peer: str
    address: str
    trusted: bool = False
    tls: bool = False
    proxied: Proxied | None = None
    opened: Callable[[], None] = lambda: None


class StationSocket(ServerConnection):
    """A WebSocket that notes whether anything was received, and calls back when it can be written to again."""

    admitted: Admitted
    origin: Origin
    unfinished_since = NEVER
    """When the frame began that is not complete; NEVER where there is none."""

    silent = False
    on_writable: Callable[[], None] | None = None
    receive: Callable[[str], bool] | None = None
    """Handles a message at once, without waking the task that reads; False where it has to wait."""

    def data_received(self, data: bytes) -> None:
        """Note a sign of life: any data counts, a pong too."""
        self.silent = False
        super().data_received(data)
        if not self.protocol.reader.buffer:
            self.unfinished_since = NEVER
        elif self.unfinished_since == NEVER:
            self.unfinished_since = time.monotonic()

    def process_event(self, event: Frame | Request | Response) -> None:
        """Handle a whole text message at once, unless others wait before it; everything else is left to `recv`.

        This saves waking the task that reads, which costs as much as handling a frame. Binary messages, fragments and back-pressure
        are left to `recv`.
        """
        if (
            self.receive is not None
            and isinstance(event, Frame)
            and event.opcode is TEXT
            and event.fin
            and not len(self.recv_messages.frames)
        ):
            try:
                text = str(event.data, "utf-8")
            except UnicodeDecodeError:
                pass  # `recv` closes the connection for that
            else:
                if self.receive(text):
                    return
        super().process_event(event)

    def resume_writing(self) -> None:
        """The write buffer has room again."""
        super().resume_writing()
        if self.on_writable is not None:
            self.on_writable()
