"""Sockets: the WebSocket connection of the library, extended by what the gateway needs."""

from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

from gateway.admission import Admitted

TEXT = Opcode.TEXT


class StationSocket(ServerConnection):
    """A WebSocket that notes whether anything was received, and calls back when it can be written to again."""

    admitted: Admitted
    silent = False
    on_writable: Callable[[], None] | None = None
    receive: Callable[[str], bool] | None = None
    """Handles a message at once, without waking the task that reads; False where it has to wait."""

    def data_received(self, data: bytes) -> None:
        """Note a sign of life: any data counts, a pong too."""
        self.silent = False
        super().data_received(data)

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
