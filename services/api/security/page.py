"""Security events in the console: those of all stations, and those of one on its tab, beside its profile, password and operations."""

from typing import Any

import msgspec
from litestar import Request, get

from schemas.security import CRITICAL_2X
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.security.rows import SecurityEvent, SecurityEventFilter
from services.api.securityoperations.stationpage import PARTS
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
CRITICAL = {"yes": True, "no": False}
"""The words of the filter."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of events; `of`: the station whose they are, empty on the page of all."""

    items: tuple[SecurityEvent, ...]
    next_cursor: str | None
    of: str = ""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters offer."""

    types: tuple[str, ...] = tuple(sorted(CRITICAL_2X))


async def rows(asked: PageRequest) -> Listed:
    """Events by their time, newest first."""
    of = asked.subject.station if asked.subject is not None else ""
    where = SecurityEventFilter(
        station=of or asked.get("station"), type=asked.get("type"), critical=CRITICAL.get(asked.get("critical") or "")
    )
    page: Page[SecurityEvent] = await asked.ports.reads.security_events(
        where, cursor=asked.get("cursor"), limit=PAGE_SIZE
    )
    return Listed(items=page.items, next_cursor=page.next_cursor, of=of)


async def filters(_: PageRequest) -> Filters:
    """The filters of the page of all."""
    return Filters()


ROWS = Part(name="rows", template="security/rows.html", load=rows, poll_s=10)
PAGE = Screen(
    title="Security",
    nav="security",
    template="security/page.html",
    parts=(Part(name="filters", template="security/filters.html", load=filters), ROWS),
)
OF_STATION = Screen(title="Security", nav="stations", template="security/tab.html", parts=(HEAD, *PARTS, ROWS))


@get("/security")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The events of all stations."""
    return await show.page(PAGE, page_request(request, ports))


@get("/stations/{station:str}/security")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """How a station's connection is secured, what is done about it, and the events that it reported."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


HANDLERS = (listed, shown)
