"""A station's DER control in the console: its controls, alarms, starts and ends, and the buttons that read and clear."""

from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.der import PRESENT
from services.api.commands.views import PENDING
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.der.routes import ControlPath
from services.api.der.rows import Alarm, AlarmFilter, Control, ControlFilter, Turn
from services.api.der.usecases import clear_control, read_controls
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE, SHOWN = 50, 25


class Controls(msgspec.Struct, frozen=True, kw_only=True):
    """A page of controls. `present`: the statuses of those that may be there."""

    station: str
    items: tuple[Control, ...]
    next_cursor: str | None
    present: frozenset[str] = PRESENT


class Happenings(msgspec.Struct, frozen=True, kw_only=True):
    """The newest alarms, and the newest starts and ends."""

    alarms: tuple[Alarm, ...]
    turns: tuple[Turn, ...]


async def controls(asked: PageRequest) -> Controls:
    """The station's controls by their last change."""
    station = asked.subject.station
    where = ControlFilter(station=station)
    page: Page[Control] = await asked.ports.reads.der_controls(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return Controls(station=station, items=page.items, next_cursor=page.next_cursor)


async def happenings(asked: PageRequest) -> Happenings:
    """What its controls did, newest first."""
    reads, station = asked.ports.reads, asked.subject.station
    alarms = await reads.der_alarms(AlarmFilter(station=station), limit=SHOWN)
    turns = await reads.der_turns(station, limit=SHOWN)
    return Happenings(alarms=alarms.items, turns=turns.items)


OF_STATION = Screen(
    title="DER",
    nav="stations",
    template="der/tab.html",
    parts=(
        HEAD,
        Part(name="controls", template="der/controls.html", load=controls, on="der-control", poll_s=30),
        Part(name="happenings", template="der/happenings.html", load=happenings, on="der-control", poll_s=10),
    ),
)


@get("/stations/{station:str}/der")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's controls, alarms and turns."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/der/read", status_code=200)
async def read(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have the station report its controls."""
    command = await read_controls(ports, station)
    answers = {"accepted": "is reporting its controls", PENDING: "has not answered yet"}
    nothing = command.outcome == "accepted" and command.detail.casefold() == "notfound"
    what = "has no controls" if nothing else answers.get(command.outcome, f"reports none: {command.outcome}")
    return show.notice(request, f"{station} {what}.", then=station_url(station, "der"))


@post("/der-controls/{control:str}/clear", status_code=200)
async def clear(request: Request[Any, Any, Any], control: ControlPath, ports: Given, show: Shown) -> Any:
    """Clear a control."""
    answered = await clear_control(ports, control)
    command = answered.command
    word = command.detail or command.error_code
    told = f"Clearing the control at {command.station}: {command.outcome}{f' ({word})' if word else ''}."
    return show.notice(request, told, then=station_url(command.station, "der"))


HANDLERS = (shown, read, clear)
