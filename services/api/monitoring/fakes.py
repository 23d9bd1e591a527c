"""A fake of the reads of monitoring, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.monitoring.rows import Event, EventFilter, EventStream, ReportedMonitor, StreamValue
from services.api.web.paging import Page


class FakeMonitoring(FakeHistory):
    """Events of variables, and monitors."""

    def __init__(self) -> None:
        super().__init__()
        self.event_rows: list[Event] = []
        self.monitor_rows: list[ReportedMonitor] = []
        self.stream_rows: list[EventStream] = []
        self.stream_value_rows: list[StreamValue] = []

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

    async def event_streams(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[EventStream]:
        """Every stream, whatever the station."""
        self._ask("event_streams", station, cursor, limit, cursor=cursor)
        return Page(tuple(self.stream_rows)[:limit])

    async def stream_values(
        self, station: str, stream_id: int, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StreamValue]:
        """Every value, whatever the stream."""
        self._ask("stream_values", station, stream_id, cursor, limit, cursor=cursor)
        return Page(tuple(self.stream_value_rows)[:limit])
