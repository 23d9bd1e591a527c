"""A station's DER control in the console: its controls, alarms, starts and ends, and the forms that set, read and clear."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from litestar import Request, get, post

from schemas.der import PRESENT
from schemas.dersettings import CONTROL_TYPES, DEFAULT_ONLY, SETTING_OF, DERSettings
from services.api.commands.forms import BY_COMMAND, Field, Form, arguments
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.der.routes import ControlPath
from services.api.der.rows import Alarm, AlarmFilter, Control, ControlFilter, SetControl, Turn
from services.api.der.telling import Told, told
from services.api.der.usecases import clear_control, clear_controls, read_controls, set_control
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE, SHOWN = 50, 25
FORM = BY_COMMAND["SetDERControl"]


class Controls(msgspec.Struct, frozen=True, kw_only=True):
    """A page of controls. `present`: the statuses of those that may be there."""

    station: str
    items: tuple[Control, ...]
    next_cursor: str | None
    present: frozenset[str] = PRESENT
    told: Callable[[DERSettings], list[Told]] = told


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a control of one type: `setting` has the fields of what it sets. `always_default`: it exists as a default one alone."""

    station: StationDetails
    control_type: str
    setting: Field
    always_default: bool
    form: Form = FORM
    types: tuple[str, ...] = CONTROL_TYPES
    picks: Mapping[str, tuple[str, ...]] = {}


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which controls are read or cleared: default or scheduled ones, of a type or of all."""

    is_default: bool
    control_type: Literal["", *CONTROL_TYPES]  # type: ignore[valid-type]


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


async def offered(asked: PageRequest) -> Setting:
    """The form of the type that was chosen; at first one that has a curve, as most have."""
    chosen = asked.get("type") or ""
    control_type = chosen if chosen in SETTING_OF else "FreqWatt"
    (settings,) = (field for field in FORM.fields if field.name == "settings")
    wanted = f"settings_{SETTING_OF[control_type]}"
    return Setting(
        station=asked.subject,
        control_type=control_type,
        setting=next(group for group in settings.members if group.name == wanted),
        always_default=control_type in DEFAULT_ONLY,
    )


OF_STATION = Screen(
    title="DER",
    nav="stations",
    template="der/tab.html",
    parts=(
        HEAD,
        Part(name="controls", template="der/controls.html", load=controls, on="der-control", poll_s=30),
        Part(name="form", template="der/form.html", load=offered),
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


@post("/stations/{station:str}/der", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Set a control, by the form of its type."""
    given = await forms.posted(request)
    answered = await set_control(ports, station, wanted(given))
    command, control = answered.command, answered.control
    what = f"is {control.status}" if control is not None else "was asked for"
    said = f"{given.get('control_type', '')} at {command.station} {what}; the command is {_outcome(command)}."
    return show.notice(request, said, then=station_url(command.station, "der"))


@post("/stations/{station:str}/der/several", status_code=200)
async def several(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Read or clear controls by their kind and type."""
    given = await forms.posted(request)
    which = forms.body({"is_default": given.get("kind") == "default", "control_type": given.get("of_type", "")}, Which)
    reads = given.get("do") == "read"
    command = await (read_controls if reads else clear_controls)(
        ports, station, is_default=which.is_default, control_type=which.control_type
    )
    kind = f"{'default' if which.is_default else 'scheduled'} {which.control_type or 'controls of all types'}"
    said = f"{'Reading' if reads else 'Clearing'} {kind} at {command.station}: {_outcome(command)}."
    return show.notice(request, said, then=station_url(command.station, "der"))


def wanted(given: Mapping[str, str]) -> SetControl:
    """The form as the API's body. Raises Problem."""
    filled = {"settings": {}, **arguments(FORM, given)}
    members = {name: value for name, value in filled.items() if name in SetControl.__struct_fields__}
    if filled.get("control_type") in DEFAULT_ONLY:
        members["is_default"] = True
    return forms.body(members, SetControl)


def _outcome(command: CommandView) -> str:
    word = command.detail or command.error_code
    return f"{command.outcome}{f' ({word})' if word else ''}"


HANDLERS = (shown, read, clear, save, several)
