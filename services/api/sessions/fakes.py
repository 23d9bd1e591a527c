"""A fake of the reads of sessions, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.sessions.rows import ALL_SESSIONS, MeterReading, Session, SessionFilter, SessionSeries
from services.api.web.paging import Page


class FakeSessions(FakeHistory):
    """Sessions, their readings and curves."""

    def __init__(self) -> None:
        super().__init__()
        self.session_rows: dict[str, Session] = {}
        self.reading_rows: tuple[MeterReading, ...] = ()

    async def sessions(
        self, where: SessionFilter = ALL_SESSIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Session]:
        """Every session, whatever the filter."""
        self._ask("sessions", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.session_rows.values())[:limit])

    async def session(self, session: str) -> Session | None:
        """The session's row."""
        self._ask("session", session)
        return self.session_rows.get(session)

    async def meter_values(
        self, session: str, *, measurand: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[MeterReading]:
        """The readings there are."""
        self._ask("meter_values", session, measurand, limit, cursor=cursor)
        return Page(self.reading_rows[:limit])

    async def session_series(self, session: str, *, points: int = 500) -> SessionSeries:
        """No curves."""
        self._ask("session_series", session, points)
        return SessionSeries(energy_wh=(), power_w=(), soc_percent=())
