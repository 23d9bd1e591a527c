"""What a station asked for ISO 15118, in the console."""

from typing import Any

import msgspec
from litestar import Request, get

from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.iso15118.rows import Iso15118Request, RequestFilter
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
WORDS = {
    "certificate-status": "State of a certificate",
    "chain-status": "State of a vehicle's chain",
    "contract-certificate": "Contract certificate",
}


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of requests, and what their kinds are called."""

    items: tuple[Iso15118Request, ...]
    next_cursor: str | None
    words: dict[str, str]


async def rows(asked: PageRequest) -> Listed:
    """The station's requests, newest first."""
    where = RequestFilter(station=asked.subject.station)
    page: Page[Iso15118Request] = await asked.ports.reads.iso15118_requests(
        where, cursor=asked.get("cursor"), limit=PAGE_SIZE
    )
    return Listed(items=page.items, next_cursor=page.next_cursor, words=WORDS)


OF_STATION = Screen(
    title="ISO 15118",
    nav="stations",
    template="iso15118/tab.html",
    parts=(HEAD, Part(name="rows", template="iso15118/rows.html", load=rows, on="iso15118-request", poll_s=30)),
)


@get("/stations/{station:str}/iso15118")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """What a station asked about certificates of ISO 15118."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


HANDLERS = (shown,)
