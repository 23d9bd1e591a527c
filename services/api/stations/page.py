"""The stations' page: who is there, found by what one remembers of them."""

from collections import Counter
from typing import Any, get_args

import msgspec
from litestar import Request, get

from schemas.base import OcppVersion, SecurityProfile
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.stations.rows import Station, StationFilter
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
FILTERS = ("search", "connected", "version", "vendor", "site", "tenant", "registration", "security_profile")

PROFILES = {str(profile): profile for profile in get_args(SecurityProfile)}
"""The security profiles as the filter spells them."""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters offer; no tenants where there is only one."""

    versions: tuple[str, ...]
    vendors: tuple[str, ...]
    sites: tuple[str, ...]
    tenants: tuple[str, ...]


async def choices(part_request: PageRequest) -> Choices:
    """What can be chosen in the filters."""
    ports = part_request.ports
    own = ports.principal.scope.tenants
    tenants = own or (() if ports.quotas is None else tuple(sorted(ports.quotas.stations())))
    return Choices(
        versions=get_args(OcppVersion),
        vendors=await ports.reads.vendors(),
        sites=await ports.reads.sites(),
        tenants=tenants if len(tenants) > 1 else (),
    )


async def rows(part_request: PageRequest) -> Page[Station]:
    """A page of stations."""
    where = StationFilter(
        connected={"yes": True, "no": False}.get(part_request.query.get("connected", "")),
        version=part_request.get("version"),
        vendor=part_request.get("vendor"),
        site=part_request.get("site"),
        tenant=part_request.get("tenant"),
        registration=part_request.get("registration"),
        search=part_request.get("search"),
        security_profile=PROFILES.get(part_request.query.get("security_profile", "")),
    )
    return await part_request.ports.reads.stations(where, cursor=part_request.get("cursor"), limit=PAGE_SIZE)


def connectors_by_status(station: Station) -> list[tuple[str, int]]:
    """How many of a station's connectors say what; EVSE 0 is the station as a whole and does not count."""
    return sorted(Counter(each.status for each in station.connectors if each.evse).items())


PAGE = Screen(
    title="Stations",
    nav="stations",
    template="stations/page.html",
    parts=(
        Part(name="filters", template="stations/filters.html", load=choices),
        Part(name="rows", template="stations/rows.html", load=rows, on="station", every_s=2, poll_s=30),
    ),
)


@get("/stations")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Stations by id."""
    return await show.page(PAGE, page_request(request, ports))


HANDLERS = (listed,)
