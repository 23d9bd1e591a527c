"""Reservations in the console: all of them, those of a station with the form that reserves, and the button that cancels."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.authorization import REF_TOKENS
from schemas.reservations import CONNECTOR_TYPES, OPEN
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.reservations.routes import ReservationPath
from services.api.reservations.rows import Answered, Reservation, ReservationFilter, Reserve
from services.api.reservations.usecases import cancel, reserve
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE, SUGGESTED = 50, 100


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of reservations; `open`: the statuses of those that can be cancelled, `of`: the station whose they are."""

    items: tuple[Reservation, ...]
    next_cursor: str | None
    of: str = ""
    open: frozenset[str] = OPEN


class Reserving(msgspec.Struct, frozen=True, kw_only=True):
    """The form, with what it offers."""

    station: StationDetails
    evses: tuple[int, ...]
    tokens: tuple[str, ...]
    connector_types: tuple[str, ...]


async def rows(asked: PageRequest) -> Listed:
    """Reservations by their request, newest first."""
    station = asked.subject.station if asked.subject is not None else asked.get("station")
    where = ReservationFilter(station=station, token=asked.get("token"), status=asked.get("status"))
    page: Page[Reservation] = await asked.ports.reads.reservations(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    of = station if asked.subject is not None else ""
    return Listed(items=page.items, next_cursor=page.next_cursor, of=of or "")


async def offered(asked: PageRequest) -> Reserving:
    """The form for this station: its EVSEs, the tokens that are provisioned."""
    station: StationDetails = asked.subject
    return Reserving(
        station=station,
        evses=tuple(dict.fromkeys(each.evse for each in station.connectors if each.evse)),
        tokens=tuple(sorted(asked.ports.reference.all(REF_TOKENS))[:SUGGESTED]),
        connector_types=CONNECTOR_TYPES,
    )


ROWS = Part(name="rows", template="reservations/rows.html", load=rows, on="reservation", poll_s=30)
PAGE = Screen(title="Reservations", nav="reservations", template="reservations/page.html", parts=(ROWS,))
OF_STATION = Screen(
    title="Reservations",
    nav="stations",
    template="reservations/tab.html",
    parts=(HEAD, ROWS, Part(name="form", template="reservations/form.html", load=offered)),
)


@get("/reservations")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All reservations."""
    return await show.page(PAGE, page_request(request, ports))


@get("/stations/{station:str}/reservations")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's reservations, and the form."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/reservations", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Reserve."""
    answered = await reserve(ports, station, wanted(await forms.posted(request)))
    return show.notice(request, told(answered), then=station_url(station, "reservations"))


@post("/reservations/{reservation:str}/cancel", status_code=200)
async def give_up(request: Request[Any, Any, Any], reservation: ReservationPath, ports: Given, show: Shown) -> Any:
    """Cancel a reservation."""
    answered = await cancel(ports, reservation)
    return show.notice(request, told(answered), then=station_url(answered.reservation.station, "reservations"))


def told(answered: Answered) -> str:
    """What became of it, in a sentence."""
    one = answered.reservation
    word = f" ({one.detail})" if one.detail else ""
    return f"The reservation for {one.token} at {one.station} is {one.status}{word}; the command is {answered.command.outcome}."


def wanted(given: Mapping[str, str]) -> Reserve:
    """The form as the API's body. Raises Problem."""
    members = {
        "token": given.get("token", "").strip(),
        "expires_at": forms.moment("expires_at", given.get("expires_at", "")),
        "evse": forms.whole("evse", given.get("evse", "")),
        "connector_type": given.get("connector_type", "").strip(),
        "group": given.get("group", "").strip(),
    }
    return forms.body(members, Reserve)


HANDLERS = (listed, shown, save, give_up)
