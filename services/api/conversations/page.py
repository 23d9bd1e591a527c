"""The OCPP log in the console: of all stations, and of one as a tab of its page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get

from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.conversations.rows import Exchange, Wanted
from services.api.conversations.usecases import find_exchanges
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

PAGE_SIZE = 50

NAMES = ("action", "direction", "message_id", "command_id", "session", "connection", "errors", "text", "from", "to")
"""The filters, as forms and the API call them, besides the station."""


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """A page of exchanges. `station`: whose alone, empty for all; `export`: where the same are as JSON lines."""

    exchanges: Page[Exchange]
    station: str
    filtered: bool
    export: str


def wanted_of(query: Mapping[str, str], station: str | None) -> Wanted:
    """The query of the page as what is wanted. Raises Problem."""
    connection = query.get("connection", "").strip()
    if connection and not (connection.isascii() and connection.isdigit() and len(connection) < 19):
        raise invalid("connection", "the number of a connection is expected, as an exchange shows it")
    return Wanted(
        station=station,
        since=forms.moment("from", query.get("from", "")),
        until=forms.moment("to", query.get("to", "")),
        action=query.get("action") or None,
        direction={"in": "in", "out": "out"}.get(query.get("direction", "")),
        message_id=query.get("message_id") or None,
        command_id=query.get("command_id") or None,
        session=query.get("session") or None,
        connection=int(connection) if connection else None,
        errors=query.get("errors") == "true",
        text=query.get("text") or None,
    )


async def rows(part_request: PageRequest) -> Log:
    """Exchanges, newest first."""
    subject = part_request.subject
    station = subject.station if isinstance(subject, StationDetails) else part_request.get("station")
    wanted = wanted_of(part_request.query, station)
    found = await find_exchanges(part_request.ports, wanted, cursor=part_request.get("cursor"), limit=PAGE_SIZE)
    filters = {name: value for name in NAMES if (value := part_request.get(name))}
    return Log(
        exchanges=found,
        station=subject.station if isinstance(subject, StationDetails) else "",
        filtered=bool(filters or (station and subject is None)),
        export="/api/v1/exchanges/export?" + urlencode(filters | ({"station": station} if station else {})),
    )


# frames are no events of the feed: the log is looked at again and again
ROWS = Part(
    name="rows", template="conversations/rows.html", load=rows, on="station connector session outcome", poll_s=3
)

PAGE = Screen(title="OCPP log", nav="conversations", template="conversations/page.html", parts=(ROWS,))

OF_STATION = Screen(title="OCPP log", nav="stations", template="conversations/tab.html", parts=(HEAD, ROWS))


@get("/exchanges")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Exchanges of all stations."""
    return await show.page(PAGE, page_request(request, ports))


@get("/stations/{station:str}/log")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """Exchanges of one station."""
    part_request = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, part_request, title=station, live=of_station(station))


HANDLERS = (listed, shown)
