"""The WebSocket of a station, as the library has it, and what the gateway needs to know of it beside."""

from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

from gateway.admission import Admitted

TEXT = Opcode.TEXT


class StationSocket(ServerConnection):
    """A WebSocket that notes whether anything was heard, and says when it can be written to again."""

    admitted: Admitted
    silent = False
    relieve: Callable[[], None] | None = None
    hear: Callable[[str], bool] | None = None
    """Takes a message at once, without waking the task that reads; False where that has to wait."""

    def data_received(self, data: bytes) -> None:
        """Anything at all is a sign of life; a pong too."""
        self.silent = False
        super().data_received(data)

    def process_event(self, event: Frame | Request | Response) -> None:
        """A whole message goes straight to who hears it, unless others wait before it or it is no text."""
        if (
            self.hear is not None
            and isinstance(event, Frame)
            and event.opcode is TEXT
            and event.fin
            and not len(self.recv_messages.frames)
        ):
            try:
                text = str(event.data, "utf-8")
            except UnicodeDecodeError:
                pass  # `recv` knows how to close for that
            else:
                if self.hear(text):
                    return
        super().process_event(event)

    def resume_writing(self) -> None:
        """The station has taken what was written."""
        super().resume_writing()
        if self.relieve is not None:
            self.relieve()
