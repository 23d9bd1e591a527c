"""A station's page and its tabs: how it is now, its OCPP log, its sessions, what happened to it."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, get

from services.api.console import charts, formats
from services.api.console.overview import RANGES, Ranged
from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Show, Shown, TabPath, asked_of
from services.api.models import Given, StationPath
from services.api.ports import Ports
from services.api.problems import not_found
from services.api.readmodel import (
    Connector,
    ConnectorStatusChange,
    Frame,
    FrameFilter,
    Session,
    SessionFilter,
    StationEvent,
)
from services.api.readmodel import Page as Rows
from services.api.rest.stations import find_station
from services.api.views import StationDetails

FRAMES, SESSIONS, EVENTS = 50, 25, 25


class Plug(msgspec.Struct, frozen=True, kw_only=True):
    """A connector with the session that runs on it."""

    connector: Connector
    session: Session | None


class Happenings(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the station, and what it said of its connectors."""

    events: Rows[StationEvent]
    statuses: Rows[ConnectorStatusChange]


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the OCPP log."""

    frames: Rows[Frame]
    filtered: bool


async def head(asked: Asked) -> StationDetails:
    """The station as it is now."""
    found: StationDetails = asked.subject
    return found


async def plugs(asked: Asked) -> tuple[Plug, ...]:
    """Its connectors, each with its session."""
    station: StationDetails = asked.subject
    running = await asked.ports.reads.sessions(SessionFilter(station=station.station, active=True), limit=64)
    return tuple(
        Plug(connector=connector, session=_session_on(connector, running.items))
        for connector in station.connectors
        if connector.evse
    )


def _session_on(connector: Connector, sessions: tuple[Session, ...]) -> Session | None:
    """The newest session of the connector; one that names no connector is on the EVSE's first."""
    for session in sessions:
        if session.evse == connector.evse and (session.connector or 1) == connector.connector:
            return session
    return None


async def power(asked: Asked) -> Ranged:
    """The station's power over the last hours."""
    chosen = asked.query.get("range", "1h")
    chosen = chosen if chosen in RANGES else "1h"
    since, until = charts.window(asked.now, RANGES[chosen])
    points = await asked.ports.reads.station_power(asked.subject.station, since, until=until, points=360)
    most = max((point.value for point in points), default=0.0)
    summary = f"Charging power of this station in the last {chosen}: at most {formats.power(most)}."
    return Ranged(chart=charts.power("station-power", points, summary), chosen=chosen)


async def log(asked: Asked) -> Log:
    """Its OCPP log, newest first."""
    where = FrameFilter(
        direction={"in": "in", "out": "out"}.get(asked.query.get("direction", "")),
        action=asked.get("action"),
        text=asked.get("text"),
    )
    frames = await asked.ports.reads.frames(asked.subject.station, where, cursor=asked.get("cursor"), limit=FRAMES)
    return Log(frames=frames, filtered=where != FrameFilter())


async def recent_sessions(asked: Asked) -> Rows[Session]:
    """Its sessions, newest first."""
    where = SessionFilter(station=asked.subject.station)
    return await asked.ports.reads.sessions(where, cursor=asked.get("cursor"), limit=SESSIONS)


async def happenings(asked: Asked) -> Happenings:
    """Connections and boots, and the statuses of its connectors, each paged by itself."""
    reads, station = asked.ports.reads, asked.subject.station
    return Happenings(
        events=await reads.station_events(station, cursor=asked.get("cursor"), limit=EVENTS),
        statuses=await reads.connector_status_history(station, cursor=asked.get("statuses"), limit=EVENTS),
    )


HEAD = Part(name="head", template="station/head.html", load=head, on="station", poll_s=30)

NOW = Page(
    title="Station",
    nav="stations",
    template="station.html",
    parts=(
        HEAD,
        Part(name="plugs", template="station/plugs.html", load=plugs, on="station connector session", poll_s=15),
        Part(name="power", template="station/power.html", load=power, on="session", every_s=3, poll_s=15),
        Part(name="identity", template="station/identity.html", load=head, on="station", every_s=2, poll_s=60),
    ),
)
LOG = Page(
    title="OCPP log",
    nav="stations",
    template="station_log.html",
    parts=(
        HEAD,
        # frames are no events of the feed: the log is looked at again and again
        Part(name="log", template="station/log.html", load=log, on="station connector session outcome", poll_s=3),
    ),
)
SESSIONS_OF = Page(
    title="Sessions",
    nav="stations",
    template="station_sessions.html",
    parts=(
        HEAD,
        Part(name="sessions", template="sessions/rows.html", load=recent_sessions, on="session", every_s=2, poll_s=30),
    ),
)
EVENTS_OF = Page(
    title="Events",
    nav="stations",
    template="station_events.html",
    parts=(
        HEAD,
        Part(name="events", template="station/events.html", load=happenings, on="station connector", poll_s=30),
    ),
)
TABS = {"": NOW, "log": LOG, "sessions": SESSIONS_OF, "events": EVENTS_OF}


async def known(ports: Ports, station: str) -> StationDetails:
    """The station a page is about. Raises Problem for one that nobody has heard of."""
    found = await find_station(ports, station)
    if found is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    return found


def of_station(station: str) -> str:
    """Narrows the events a page follows to those of one station."""
    return "&station=" + quote(station, safe="")


@get("/stations/{station:str}")
async def now(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station as it is now."""
    return await _tab(request, station, ports, show=show)


@get("/stations/{station:str}/{tab:str}")
async def tabs(
    request: Request[Any, Any, Any], station: StationPath, tab: TabPath, ports: Given, show: Shown
) -> Rendered:
    """Another tab of its page."""
    return await _tab(request, station, ports, show=show, tab=tab)


async def _tab(request: Request[Any, Any, Any], station: str, ports: Ports, *, show: Show, tab: str = "") -> Rendered:
    page = TABS.get(tab)
    if page is None:
        raise not_found(f"A station's page has no tab {tab!r}.")
    asked = asked_of(request, ports, await known(ports, station))
    return await show.page(page, asked, title=station, live=of_station(station))


HANDLERS = (now, tabs)
