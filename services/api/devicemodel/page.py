"""A station's configuration in the console: its variables by component, searched and edited in place, and how they changed."""

from itertools import groupby
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.devicemodel.rows import Variable, VariableFilter
from services.api.devicemodel.usecases import read_all, write
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import LIMIT_MOST, Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

CHANGES = 15
WAIT_S = 10.0
AT_ONCE = Asking(wait_s=WAIT_S, ttl_s=60)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A component with its variables; the keys of 1.6 have none, and stand together."""

    owner: str
    variables: tuple[Variable, ...]


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A page of variables, by component. `edited` is the key of the one whose form is open."""

    station: str
    groups: tuple[Group, ...]
    next_cursor: str | None
    edited: str


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What changed last; of one variable where `key` names it."""

    station: str
    key: str | None
    items: tuple[Variable, ...]


async def model(asked: PageRequest) -> Model:
    """The variables, as far as they fit what is searched."""
    station = asked.subject.station
    where = VariableFilter(station=station, search=asked.get("search"))
    page: Page[Variable] = await asked.ports.reads.variables(where, cursor=asked.get("cursor"), limit=LIMIT_MOST)
    groups = groupby(page.items, key=lambda one: one.owner)
    return Model(
        station=station,
        groups=tuple(Group(owner=owner, variables=tuple(ones)) for owner, ones in groups),
        next_cursor=page.next_cursor,
        edited=(asked.get("edit") or "").casefold(),
    )


async def changes(asked: PageRequest) -> Changes:
    """The newest changes."""
    station, key = asked.subject.station, asked.get("key")
    page: Page[Variable] = await asked.ports.reads.variable_history(station, key, limit=CHANGES)
    return Changes(station=station, key=key, items=page.items)


OF_STATION = Screen(
    title="Configuration",
    nav="stations",
    template="devicemodel/tab.html",
    parts=(
        HEAD,
        Part(name="model", template="devicemodel/model.html", load=model, on="variable", every_s=3, poll_s=30),
        Part(name="changes", template="devicemodel/changes.html", load=changes, on="variable", every_s=3, poll_s=30),
    ),
)


@get("/stations/{station:str}/configuration")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's variables."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/configuration", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Write one variable."""
    given = await forms.posted(request)
    key = given.get("key", "").strip()
    if not key:
        raise invalid("key", "name the variable")
    command = await write(ports, station, {"key": key, "value": given.get("value", "")}, AT_ONCE)
    return show.notice(request, told_of(key, command), then=station_url(station, "configuration"))


@post("/stations/{station:str}/configuration/read", status_code=200)
async def read(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have the station tell all of its variables."""
    command = await read_all(ports, station, AT_ONCE)
    return show.notice(request, read_of(station, command), then=station_url(station, "configuration"))


def told_of(key: str, command: CommandView) -> str:
    """What became of a write, in a sentence."""
    word = next((item.status for item in command.items), "") or command.detail or command.error_code
    reboot = "; it takes effect after a reboot" if command.reboot_required else ""
    return f"Writing {key}: {command.outcome}{f' ({word})' if word and word != 'Accepted' else ''}{reboot}."


def read_of(station: str, command: CommandView) -> str:
    """What became of reading everything, in a sentence."""
    if command.outcome == "accepted":
        return f"{station} tells its variables; they appear here as they come."
    word = command.detail or command.error_code
    return f"Reading the variables of {station}: {command.outcome}{f' ({word})' if word else ''}."


HANDLERS = (shown, save, read)
