"""A fake of the reads of inbox, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.inbox.rows import (
    DeadLetter,
    DeviationCount,
    DeviationFilter,
    Fact,
    QuarantinedMessage,
    QuarantinedValue,
)
from services.api.web.paging import Page


class FakeInbox(FakeHistory):
    """Quarantine, dead letters, facts and deviations."""

    def __init__(self) -> None:
        super().__init__()
        self.deviation_rows: tuple[DeviationCount, ...] = ()

    async def facts(
        self, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Fact]:
        """No facts."""
        self._ask("facts", station, noun, limit, cursor=cursor)
        return Page(())

    async def quarantine(self, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]:
        """Nothing is quarantined."""
        self._ask("quarantine", limit, cursor=cursor)
        return Page(())

    async def quarantined_messages(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[QuarantinedMessage]:
        """Every message could be read."""
        self._ask("quarantined_messages", station, limit, cursor=cursor)
        return Page(())

    async def deviations(self, where: DeviationFilter, *, limit: int = 100) -> tuple[DeviationCount, ...]:
        """Those of `deviation_rows`, whatever the filter."""
        self._ask("deviations", where, limit)
        return self.deviation_rows[:limit]

    async def dead_letters(self, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]:
        """No dead letters."""
        self._ask("dead_letters", limit, cursor=cursor)
        return Page(())
