"""A station's tab of commands: the canonical ones as forms, any OCPP action raw, each with its outcome."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect

from schemas.topics import REF_TOKENS
from schemas.wire import sendable
from services.api.asked import CANONICAL
from services.api.console import commands, forms
from services.api.console.commandforms import BY_COMMAND, FORMS, Form, arguments
from services.api.console.pages import Asked, Page, Part, command_url
from services.api.console.rendering import Shown, asked_of, is_fragment
from services.api.console.station import HEAD, known, of_station
from services.api.models import Asking, Given, SendCommand, SendRaw, StationPath
from services.api.problems import invalid
from services.api.readmodel import CommandView, SessionFilter
from services.api.rest.commands import send_command, send_raw
from services.api.views import StationDetails

SUGGESTED = 100
WAIT_S = 10.0
LIVES = (("60", "1 minute"), ("600", "10 minutes"), ("3600", "1 hour"), ("86400", "1 day"), ("604800", "1 week"))


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """The forms, with what they offer and what is filled in already."""

    station: StationDetails
    forms: tuple[Form, ...]
    suggestions: Mapping[str, tuple[str, ...]]
    actions: tuple[str, ...]
    lives: tuple[tuple[str, str], ...] = LIVES


async def offered(asked: Asked) -> Sending:
    """The forms for this station."""
    station: StationDetails = asked.subject
    running = await asked.ports.reads.sessions(SessionFilter(station=station.station, active=True), limit=SUGGESTED)
    tokens = sorted(asked.ports.reference.all(REF_TOKENS))[:SUGGESTED]
    return Sending(
        station=station,
        forms=FORMS,
        suggestions={
            "tokens": tuple(tokens),
            "transactions": tuple(session.transaction_id for session in running.items),
            "evses": tuple(dict.fromkeys(str(each.evse) for each in station.connectors if each.evse)),
        },
        actions=tuple(sorted(sendable(station.version))) if station.version else (),
    )


PAGE = Page(
    title="Commands",
    nav="stations",
    template="station_commands.html",
    parts=(
        HEAD,
        Part(name="forms", template="station/commands.html", load=offered),
        Part(name="recent", template="commands/brief.html", load=commands.rows, on="outcome", poll_s=15),
    ),
)


@get("/stations/{station:str}/commands")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """What can be asked of a station, and what was."""
    asked = asked_of(request, ports, await known(ports, station))
    return await show.page(PAGE, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/commands", status_code=200)
async def send(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Send a canonical command."""
    given = await forms.posted(request)
    form = BY_COMMAND.get(given.get("command", ""))
    if form is None:
        raise invalid("command", f"unknown; commands are {', '.join(sorted(CANONICAL))}")
    told = {"command": form.command, "arguments": arguments(form, given), **_travel(given)}
    answer = await send_command.fn(station, forms.body(told, SendCommand), ports)
    return await _outcome(request, ports, show, answer.content)


@post("/stations/{station:str}/ocpp", status_code=200)
async def send_action(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Send any action of the station's own OCPP version."""
    given = await forms.posted(request)
    told = {"payload": _payload(given.get("payload", "")), **_travel(given)}
    action = given.get("action", "").strip()
    answer = await send_raw.fn(station, action, forms.body(told, SendRaw), ports)
    return await _outcome(request, ports, show, answer.content)


def _payload(text: str) -> Any:
    try:
        return msgspec.json.decode(text.strip() or "{}")
    except msgspec.DecodeError as error:
        raise invalid("payload", f"this is no JSON: {error}") from error


def _travel(given: Mapping[str, str]) -> dict[str, Any]:
    """How the command travels: what the form says, else as the API has it."""
    usual = Asking()
    return {
        "ttl_s": forms.whole("ttl_s", given.get("ttl_s", "")) or usual.ttl_s,
        "when_offline": given.get("when_offline") or usual.when_offline,
        "wait_s": WAIT_S,
    }


async def _outcome(request: Request[Any, Any, Any], ports: Given, show: Shown, command: CommandView) -> Any:
    """The command's outcome below its form; without the page's script, on the command's own page."""
    where = command_url(command.command_id)
    if not is_fragment(request):
        return Redirect(where, status_code=303)
    asked = Asked(ports=ports, path=where, query={"part": "outcome"}, now=ports.clock(), subject=command)
    return await show.page(commands.ONE, asked)


HANDLERS = (shown, send, send_action)
