"""The WebSocket of a station, as the library has it, and what the gateway needs to know of it beside."""

from collections.abc import Callable

from websockets.asyncio.server import ServerConnection

from gateway.admission import Admitted


class StationSocket(ServerConnection):
    """A WebSocket that notes whether anything was heard, and says when it can be written to again."""

    admitted: Admitted
    silent = False
    relieve: Callable[[], None] | None = None

    def data_received(self, data: bytes) -> None:
        """Anything at all is a sign of life; a pong too."""
        self.silent = False
        super().data_received(data)

    def resume_writing(self) -> None:
        """The station has taken what was written."""
        super().resume_writing()
        if self.relieve is not None:
            self.relieve()
