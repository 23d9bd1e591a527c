"""A fake of the reads of monitoring, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.monitoring.rows import Event, EventFilter, ReportedMonitor
from services.api.web.paging import Page


class FakeMonitoring(FakeHistory):
    """Events of variables, and monitors."""

    def __init__(self) -> None:
        super().__init__()
        self.event_rows: list[Event] = []
        self.monitor_rows: list[ReportedMonitor] = []

    async def variable_events(self, where: EventFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Event]:
        """Every event, whatever the filter."""
        self._ask("variable_events", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.event_rows)[:limit])

    async def variable_monitors(
        self, station: str, *, cursor: str | None = None, limit: int = 50
    ) -> Page[ReportedMonitor]:
        """Every monitor, whatever the station."""
        self._ask("variable_monitors", station, cursor, limit, cursor=cursor)
        return Page(tuple(self.monitor_rows)[:limit])
