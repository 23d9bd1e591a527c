"""A station's display messages in the console: those it has, the form that shows one, and the buttons that clear and read."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from litestar import Request, get, post

from schemas.displays import OPEN, Format, Priority, State
from services.api.commands.views import PENDING
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.displays.routes import MessagePath
from services.api.displays.rows import Answered, Message, MessageFilter, Show
from services.api.displays.usecases import clear_message, read_messages, show_message
from services.api.sessions.rows import SessionFilter
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE, SUGGESTED = 50, 64


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of messages; `open`: the statuses of those that can be cleared or replaced, `station`: whose they are."""

    station: str
    messages: tuple[Message, ...]
    next_cursor: str | None
    open: frozenset[str] = OPEN


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """The form, with what it offers; `replaces` is the number of the message that it replaces."""

    station: StationDetails
    transactions: tuple[str, ...]
    replaces: str
    formats: tuple[str, ...] = get_args(Format)
    priorities: tuple[str, ...] = tuple(reversed(get_args(Priority)))
    states: tuple[str, ...] = tuple(filter(None, get_args(State)))


async def rows(asked: PageRequest) -> Listed:
    """The station's messages by their request, newest first."""
    station = asked.subject.station
    where = MessageFilter(station=station)
    page: Page[Message] = await asked.ports.reads.display_messages(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return Listed(station=station, messages=page.items, next_cursor=page.next_cursor)


async def offered(asked: PageRequest) -> Showing:
    """The form for this station, with the transactions that run there."""
    station: StationDetails = asked.subject
    running = await asked.ports.reads.sessions(SessionFilter(station=station.station, active=True), limit=SUGGESTED)
    return Showing(
        station=station,
        transactions=tuple(session.transaction_id for session in running.items if session.transaction_id),
        replaces=asked.get("replaces") or "",
    )


OF_STATION = Screen(
    title="Displays",
    nav="stations",
    template="displays/tab.html",
    parts=(
        HEAD,
        Part(name="rows", template="displays/rows.html", load=rows, on="display-message", poll_s=30),
        Part(name="form", template="displays/form.html", load=offered),
    ),
)


@get("/stations/{station:str}/displays")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's messages, and the form."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/displays", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Show a message."""
    answered = await show_message(ports, station, wanted(await forms.posted(request)))
    return show.notice(request, told(answered), then=station_url(station, "displays"))


@post("/stations/{station:str}/displays/read", status_code=200)
async def read(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Ask the station which messages it has."""
    command = await read_messages(ports, station)
    answers = {"accepted": "is reporting its messages", PENDING: "has not answered yet"}
    nothing = command.outcome == "accepted" and command.detail.casefold() == "unknown"
    what = "has no messages" if nothing else answers.get(command.outcome, f"reports none: {command.outcome}")
    return show.notice(request, f"{station} {what}.", then=station_url(station, "displays"))


@post("/display-messages/{message:str}/clear", status_code=200)
async def clear(request: Request[Any, Any, Any], message: MessagePath, ports: Given, show: Shown) -> Any:
    """Clear a message."""
    answered = await clear_message(ports, message)
    return show.notice(request, told(answered), then=station_url(answered.message.station, "displays"))


def told(answered: Answered) -> str:
    """What became of it, in a sentence."""
    one = answered.message
    word = f" ({one.detail})" if one.detail else ""
    return (
        f"Message {one.message_id} at {one.station} is {one.status}{word}; the command is {answered.command.outcome}."
    )


def wanted(given: Mapping[str, str]) -> Show:
    """The form as the API's body. Raises Problem."""
    members = {
        "text": given.get("text", "").strip(),
        "format": given.get("format") or "UTF8",
        "message_priority": given.get("priority") or "NormalCycle",
        "state": given.get("state", ""),
        "starts_at": forms.moment("starts_at", given.get("starts_at", "")),
        "ends_at": forms.moment("ends_at", given.get("ends_at", "")),
        "transaction_id": given.get("transaction_id", "").strip(),
        "language": given.get("language", "").strip(),
        "message_id": forms.whole("message_id", given.get("message_id", "")),
    }
    return forms.body(members, Show)


HANDLERS = (shown, save, read, clear)
