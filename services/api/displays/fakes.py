"""A fake of the reads of display messages, in memory."""

from services.api.displays.rows import ALL_MESSAGES, Message, MessageFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeDisplays(FakeHistory):
    """Display messages."""

    def __init__(self) -> None:
        super().__init__()
        self.display_rows: dict[str, Message] = {}

    async def display_messages(
        self, where: MessageFilter = ALL_MESSAGES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Message]:
        """Every message, whatever the filter."""
        self._ask("display_messages", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.display_rows.values())[:limit])

    async def display_message(self, display_message: str) -> Message | None:
        """The message's row."""
        self._ask("display_message", display_message)
        return self.display_rows.get(display_message)
