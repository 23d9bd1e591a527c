"""A station's batteries in the console: its slots, its swaps, and the form that asks for one."""

from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.authorization import REF_TOKENS
from services.api.batteries.rows import RequestSwap, Slot, Swap, SwapFilter
from services.api.batteries.usecases import request_swap
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE, SLOTS, SUGGESTED = 50, 200, 100


class Swapping(msgspec.Struct, frozen=True, kw_only=True):
    """The form, with the tokens that are provisioned."""

    station: str
    tokens: tuple[str, ...]


async def slots(asked: PageRequest) -> tuple[Slot, ...]:
    """The station's slots."""
    page: Page[Slot] = await asked.ports.reads.battery_slots(asked.subject.station, limit=SLOTS)
    return page.items


async def swaps(asked: PageRequest) -> Page[Swap]:
    """The station's swaps by their begin, newest first."""
    where = SwapFilter(station=asked.subject.station)
    page: Page[Swap] = await asked.ports.reads.battery_swaps(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return page


async def offered(asked: PageRequest) -> Swapping:
    """The form for this station."""
    return Swapping(
        station=asked.subject.station, tokens=tuple(sorted(asked.ports.reference.all(REF_TOKENS))[:SUGGESTED])
    )


OF_STATION = Screen(
    title="Batteries",
    nav="stations",
    template="batteries/tab.html",
    parts=(
        HEAD,
        Part(name="swaps", template="batteries/swaps.html", load=swaps, on="battery-swap", poll_s=30),
        Part(name="slots", template="batteries/slots.html", load=slots, on="battery-swap", every_s=2, poll_s=10),
        Part(name="form", template="batteries/form.html", load=offered),
    ),
)


@get("/stations/{station:str}/batteries")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's slots and swaps."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/batteries", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Ask for a swap."""
    given = await forms.posted(request)
    answered = await request_swap(ports, station, forms.body({"token": given.get("token", "").strip()}, RequestSwap))
    command = answered.command
    word = (answered.swap.detail if answered.swap else "") or command.detail or command.error_code
    told = f"The swap at {command.station}: {command.outcome}{f' ({word})' if word else ''}."
    return show.notice(request, told, then=station_url(station, "batteries"))


HANDLERS = (shown, save)
