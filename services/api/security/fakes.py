"""A fake of the reads of security events, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.security.rows import ALL_EVENTS, SecurityEvent, SecurityEventFilter
from services.api.web.paging import Page


class FakeSecurity(FakeHistory):
    """Security events."""

    def __init__(self) -> None:
        super().__init__()
        self.security_rows: list[SecurityEvent] = []

    async def security_events(
        self, where: SecurityEventFilter = ALL_EVENTS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[SecurityEvent]:
        """Every event, whatever the filter."""
        self._ask("security_events", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.security_rows)[:limit])
