"""A station's page and its tabs: how it is now, its sessions, what happened to it."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, get

from services.api.console import charts, formats
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Show, Shown, TabPath, page_request
from services.api.overview.page import RANGES, Ranged
from services.api.ports import Ports
from services.api.sessions.rows import Session, SessionFilter
from services.api.stations.rows import Connector, ConnectorStatusChange, StationEvent, StationPath
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import not_found

SESSIONS, EVENTS = 25, 25


class Plug(msgspec.Struct, frozen=True, kw_only=True):
    """A connector with the session that runs on it."""

    connector: Connector
    session: Session | None


class Happenings(msgspec.Struct, frozen=True, kw_only=True):
    """Events of the station, and the statuses it reported of its connectors."""

    events: Page[StationEvent]
    statuses: Page[ConnectorStatusChange]


async def head(part_request: PageRequest) -> StationDetails:
    """The station as it is now."""
    found: StationDetails = part_request.subject
    return found


async def plugs(part_request: PageRequest) -> tuple[Plug, ...]:
    """Its connectors, each with its session."""
    station: StationDetails = part_request.subject
    running = await part_request.ports.reads.sessions(SessionFilter(station=station.station, active=True), limit=64)
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


async def power(part_request: PageRequest) -> Ranged:
    """The station's power over the last hours."""
    chosen = part_request.query.get("range", "1h")
    chosen = chosen if chosen in RANGES else "1h"
    since, until = charts.window(part_request.now, RANGES[chosen])
    points = await part_request.ports.reads.station_power(part_request.subject.station, since, until=until, points=360)
    most = max((point.value for point in points), default=0.0)
    summary = f"Charging power of this station in the last {chosen}: at most {formats.power(most)}."
    return Ranged(chart=charts.power("station-power", points, summary), chosen=chosen)


async def recent_sessions(part_request: PageRequest) -> Page[Session]:
    """Its sessions, newest first."""
    where = SessionFilter(station=part_request.subject.station)
    return await part_request.ports.reads.sessions(where, cursor=part_request.get("cursor"), limit=SESSIONS)


async def happenings(part_request: PageRequest) -> Happenings:
    """Connections and boots, and the statuses of its connectors, each paged by itself."""
    reads, station = part_request.ports.reads, part_request.subject.station
    return Happenings(
        events=await reads.station_events(station, cursor=part_request.get("cursor"), limit=EVENTS),
        statuses=await reads.connector_status_history(station, cursor=part_request.get("statuses"), limit=EVENTS),
    )


HEAD = Part(name="head", template="stations/head.html", load=head, on="station", poll_s=30)

NOW = Screen(
    title="Station",
    nav="stations",
    template="stations/now.html",
    parts=(
        HEAD,
        Part(name="plugs", template="stations/plugs.html", load=plugs, on="station connector session", poll_s=15),
        Part(name="power", template="stations/power.html", load=power, on="session", every_s=3, poll_s=15),
        Part(name="identity", template="stations/identity.html", load=head, on="station", every_s=2, poll_s=60),
    ),
)
SESSIONS_OF = Screen(
    title="Sessions",
    nav="stations",
    template="stations/sessions_tab.html",
    parts=(
        HEAD,
        Part(name="sessions", template="sessions/rows.html", load=recent_sessions, on="session", every_s=2, poll_s=30),
    ),
)
EVENTS_OF = Screen(
    title="Events",
    nav="stations",
    template="stations/events_tab.html",
    parts=(
        HEAD,
        Part(name="events", template="stations/events.html", load=happenings, on="station connector", poll_s=30),
    ),
)
TABS = {"": NOW, "sessions": SESSIONS_OF, "events": EVENTS_OF}


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
    part_request = page_request(request, ports, await known_station(ports, station))
    return await show.page(page, part_request, title=station, live=of_station(station))


HANDLERS = (now, tabs)
