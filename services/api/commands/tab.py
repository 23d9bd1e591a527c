"""A station's tab of commands: the canonical ones as forms, any OCPP action raw, each with its outcome."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect

from schemas.authorization import REF_TOKENS
from schemas.wire import sendable
from services.api.commands import page as commands
from services.api.commands.bodies import Asking, SendCommand, SendRaw
from services.api.commands.forms import BY_COMMAND, FORMS, Form, arguments
from services.api.commands.parsing import CANONICAL
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask, ask_raw
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, command_url
from services.api.console.rendering import Shown, is_fragment, page_request
from services.api.devicemodel.rows import Variable, VariableFilter
from services.api.sessions.rows import Session, SessionFilter
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.formtokens import form_token_of
from services.api.web.paging import LIMIT_MOST
from services.api.web.parameters import Given
from services.api.web.problems import invalid

SUGGESTED = 100
WAIT_S = 10.0
LIVES = (("60", "1 minute"), ("600", "10 minutes"), ("3600", "1 hour"), ("86400", "1 day"), ("604800", "1 week"))


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a field offers; `label` says more of it."""

    value: str
    label: str = ""


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """The forms, with what they offer and what is filled in already."""

    station: StationDetails
    forms: tuple[Form, ...]
    picks: Mapping[str, tuple[Offer, ...]]
    actions: tuple[str, ...]
    lives: tuple[tuple[str, str], ...] = LIVES


async def offered(part_request: PageRequest) -> Sending:
    """The forms for this station."""
    station: StationDetails = part_request.subject
    running = await part_request.ports.reads.sessions(
        SessionFilter(station=station.station, active=True), limit=SUGGESTED
    )
    variables = await part_request.ports.reads.variables(VariableFilter(station=station.station), limit=LIMIT_MOST)
    return Sending(
        station=station,
        forms=FORMS,
        picks=_picks(
            station,
            running.items,
            tokens=sorted(part_request.ports.reference.all(REF_TOKENS))[:SUGGESTED],
            variables=variables.items,
        ),
        actions=tuple(sorted(sendable(station.version))) if station.version else (),
    )


def _picks(
    station: StationDetails, running: Sequence[Session], *, tokens: Sequence[str], variables: Sequence[Variable]
) -> Mapping[str, tuple[Offer, ...]]:
    """What the product knows, by the words of `schemas.command.Picks`."""
    plugs = [each for each in station.connectors if each.evse]
    return {
        "variable": tuple(Offer(value=one.key, label=one.value or "") for one in variables),
        "token": tuple(Offer(value=token) for token in tokens),
        "transaction": tuple(
            Offer(value=session.transaction_id, label=f"EVSE {session.evse or '?'}, token {session.token or '?'}")
            for session in running
        ),
        "evse": tuple(Offer(value=str(evse)) for evse in dict.fromkeys(each.evse for each in plugs)),
        "connector": tuple(Offer(value=str(one)) for one in sorted({each.connector for each in plugs})),
    }


PAGE = Screen(
    title="Commands",
    nav="stations",
    template="commands/tab.html",
    parts=(
        HEAD,
        Part(name="forms", template="commands/forms.html", load=offered),
        Part(name="recent", template="commands/brief.html", load=commands.rows, on="outcome", poll_s=15),
    ),
)


@get("/stations/{station:str}/commands")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """What can be asked of a station, and what was."""
    part_request = page_request(request, ports, await known_station(ports, station))
    return await show.page(PAGE, part_request, title=station, live=of_station(station))


@post("/stations/{station:str}/commands", status_code=200)
async def send(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Send a canonical command."""
    given = await forms.posted(request)
    form = BY_COMMAND.get(given.get("command", ""))
    if form is None:
        raise invalid("command", f"unknown; commands are {', '.join(sorted(CANONICAL))}")
    body = {"command": form.command, "arguments": arguments(form, given), **_travel(given)}
    answer = await ask(ports, station, forms.body(body, SendCommand))
    return await _outcome(request, ports, show, answer)


@post("/stations/{station:str}/ocpp", status_code=200)
async def send_action(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Send any action of the station's own OCPP version."""
    given = await forms.posted(request)
    body = {"payload": _payload(given.get("payload", "")), **_travel(given)}
    action = given.get("action", "").strip()
    answer = await ask_raw(ports, station, action, forms.body(body, SendRaw))
    return await _outcome(request, ports, show, answer)


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
    part_request = PageRequest(
        ports=ports,
        path=where,
        query={"part": "outcome"},
        now=ports.clock(),
        form_token=form_token_of(request),
        subject=command,
    )
    return await show.page(commands.ONE, part_request)


HANDLERS = (shown, send, send_action)
