"""Monitoring: the events of a station's variables, and its monitors."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.params import PathParameter, QueryParameter

from services.api.monitoring.rows import Event, EventFilter, EventStream, ReportedMonitor, StreamValue
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented, invalid

MOST = 2**63 - 1
"""Ids of streams are below it."""


@get("/stations/{station:str}/variable-events", summary="List events of variables", responses=documented(404, 422))
async def list_events(
    station: StationPath,
    ports: Given,
    *,
    key: Annotated[str | None, QueryParameter(description="Of this variable, by its key, any case.")] = None,
    trigger: Annotated[
        Literal["Alerting", "Delta", "Periodic"] | None, QueryParameter(description="Only those of this trigger.")
    ] = None,
    severity: Annotated[
        int | None, QueryParameter(ge=0, le=9, description="Of this severity or worse: 0 is danger, 9 is debug.")
    ] = None,
    cleared: Annotated[bool | None, QueryParameter(description="Only those that clear, or that do not.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Event]:
    """What a station told of its variables (NotifyEvent), newest first; a few seconds after it came.

    Of 1.6 stations: the errors of connectors (StatusNotification), once when they come and once when they are gone (`cleared`).
    """
    await known_station(ports, station)
    where = EventFilter(station=station, key=key, trigger=trigger, severity=severity, cleared=cleared)
    return await ports.reads.variable_events(where, cursor=cursor, limit=limit)


@get("/stations/{station:str}/monitors", summary="List monitors", responses=documented(404, 422))
async def list_monitors(
    station: StationPath, ports: Given, *, cursor: Cursor = None, limit: Limit = 50
) -> Page[ReportedMonitor]:
    """The monitors of a station's newest report of monitors: the command GetMonitoringReport asks for one."""
    await known_station(ports, station)
    return await ports.reads.variable_monitors(station, cursor=cursor, limit=limit)


@get("/stations/{station:str}/event-streams", summary="List streams of values", responses=documented(404, 422))
async def list_streams(
    station: StationPath, ports: Given, *, cursor: Cursor = None, limit: Limit = 50
) -> Page[EventStream]:
    """The streams of values that a station opened (2.1, N11), each as it last was."""
    await known_station(ports, station)
    return await ports.reads.event_streams(station, cursor=cursor, limit=limit)


@get(
    "/stations/{station:str}/event-streams/{stream_id:int}/values",
    summary="List values of a stream",
    responses=documented(404, 422),
)
async def list_stream_values(
    station: StationPath,
    stream_id: Annotated[int, PathParameter(description="The station's id of the stream.")],
    ports: Given,
    *,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[StreamValue]:
    """What a station sent in a stream (NotifyPeriodicEventStream, N15), newest first; a few seconds after it came."""
    await known_station(ports, station)
    if not -MOST <= stream_id <= MOST:
        raise invalid("stream_id", f"lies between {-MOST} and {MOST}")
    return await ports.reads.stream_values(station, stream_id, cursor=cursor, limit=limit)


def router() -> Router:
    """Monitoring, below stations."""
    return Router(path="/", route_handlers=[list_events, list_monitors, list_streams, list_stream_values])
