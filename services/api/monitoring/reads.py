"""Events of variables and monitors in ClickHouse."""

from typing import Protocol

from services.api.history.listing import Listing, Where, in_micros
from services.api.monitoring.rows import Event, EventFilter, EventStream, ReportedMonitor, StreamValue
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class MonitoringReads(Protocol):
    """Events and monitors. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def variable_events(
        self, where: EventFilter, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Event]: ...

    async def variable_monitors(
        self, station: str, *, cursor: str | None = None, limit: int = 50
    ) -> Page[ReportedMonitor]: ...

    async def event_streams(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[EventStream]: ...

    async def stream_values(
        self, station: str, stream_id: int, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StreamValue]: ...


_EVENTS = Listing(
    table="variable_events", struct=Event, at_us=in_micros("t.at"), order="toInt64(t.position)", id="t.id"
)
_MONITORS = Listing(
    table="variable_monitors",
    struct=ReportedMonitor,
    id="concat(t.key, ' ', toString(t.monitor_id))",
    descending=False,
)
_STREAMS = Listing(table="event_streams", struct=EventStream, order="t.stream_id", descending=False)
_NEWEST_OF_EACH = (
    "t.id IN (SELECT argMax(id, received_at) FROM event_streams WHERE station = {station:String} GROUP BY stream_id)"
)
_VALUES = Listing(
    table="stream_values", struct=StreamValue, at_us=in_micros("t.at"), order="toInt64(t.position)", id="t.id"
)
_NEWEST_REPORT = (
    "t.request_id = (SELECT argMax(request_id, received_at) FROM variable_monitors WHERE station = {station:String})"
)


async def variable_events(
    db: ClickHouse, where: EventFilter, *, cursor: str | None = None, limit: int = 50
) -> Page[Event]:
    """Events of a station's variables, newest first. Raises Outage, BadCursor."""
    conditions = Where("t.station = {station:String}", station=where.station)
    conditions.add("lowerUTF8(t.key) = lowerUTF8({key:String})", key=where.key)
    conditions.add("t.trigger = {trigger:String}", trigger=where.trigger)
    conditions.add("t.severity <= {severity:Int64}", severity=where.severity)
    conditions.add("t.cleared = {cleared:Bool}", cleared=where.cleared)
    return await _EVENTS.page(db, conditions, cursor=cursor, limit=limit)


async def variable_monitors(
    db: ClickHouse, station: str, *, cursor: str | None = None, limit: int = 50
) -> Page[ReportedMonitor]:
    """The monitors of a station's newest report of monitors, by their variables. Raises Outage, BadCursor."""
    conditions = Where("t.station = {station:String}", _NEWEST_REPORT, station=station)
    return await _MONITORS.page(db, conditions, cursor=cursor, limit=limit)


async def event_streams(
    db: ClickHouse, station: str, *, cursor: str | None = None, limit: int = 50
) -> Page[EventStream]:
    """The streams of a station by their ids, each as it last was. Raises Outage, BadCursor."""
    conditions = Where("t.station = {station:String}", _NEWEST_OF_EACH, station=station)
    return await _STREAMS.page(db, conditions, cursor=cursor, limit=limit)


async def stream_values(
    db: ClickHouse, station: str, stream_id: int, *, cursor: str | None = None, limit: int = 50
) -> Page[StreamValue]:
    """The values of a stream, newest first. Raises Outage, BadCursor."""
    conditions = Where(
        "t.station = {station:String}", "t.stream_id = {stream_id:Int64}", station=station, stream_id=stream_id
    )
    return await _VALUES.page(db, conditions, cursor=cursor, limit=limit)
