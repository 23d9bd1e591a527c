"""The stations' page: who is there, found by what one remembers of them."""

from collections import Counter
from typing import Any, get_args

import msgspec
from litestar import Request, get

from schemas.base import OcppVersion
from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.models import Given
from services.api.readmodel import Page as Rows
from services.api.readmodel import Station, StationFilter

PAGE_SIZE = 50
FILTERS = ("search", "connected", "version", "vendor", "site")


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters offer."""

    versions: tuple[str, ...]
    vendors: tuple[str, ...]
    sites: tuple[str, ...]


async def choices(asked: Asked) -> Choices:
    """What can be chosen in the filters."""
    reads = asked.ports.reads
    return Choices(versions=get_args(OcppVersion), vendors=await reads.vendors(), sites=await reads.sites())


async def rows(asked: Asked) -> Rows[Station]:
    """A page of stations."""
    where = StationFilter(
        connected={"yes": True, "no": False}.get(asked.query.get("connected", "")),
        version=asked.get("version"),
        vendor=asked.get("vendor"),
        site=asked.get("site"),
        search=asked.get("search"),
    )
    return await asked.ports.reads.stations(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)


def connectors_by_status(station: Station) -> list[tuple[str, int]]:
    """How many of a station's connectors say what; EVSE 0 is the station as a whole and does not count."""
    return sorted(Counter(each.status for each in station.connectors if each.evse).items())


PAGE = Page(
    title="Stations",
    nav="stations",
    template="stations.html",
    parts=(
        Part(name="filters", template="stations/filters.html", load=choices),
        Part(name="rows", template="stations/rows.html", load=rows, on="station", every_s=2, poll_s=30),
    ),
)


@get("/stations")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Stations by id."""
    return await show.page(PAGE, asked_of(request, ports))


HANDLERS = (listed,)
