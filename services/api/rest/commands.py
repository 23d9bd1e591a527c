"""Commands: ask a station for something and hear its one outcome."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, HeaderParameter, PathParameter, QueryParameter

from schemas.base import derived_id
from schemas.commands import Command, CommandCancelled, CommandRequested
from services.api.asked import canonical, raw
from services.api.models import (
    EXAMPLES,
    Asking,
    Cursor,
    Given,
    Limit,
    SendCommand,
    SendRaw,
    StationPath,
)
from services.api.ports import Ports
from services.api.problems import Problem, documented, invalid, not_found
from services.api.readmodel import CommandView, Page
from services.api.rest.stations import find_station
from services.api.views import PENDING, StationDetails, command_of, requested, with_outcome
from services.runtime.outage import Outage

OPERATOR = "operator"
CANCEL_WAIT_S = 2.0
LONGEST_KEY = 255

CommandPath = Annotated[str, PathParameter(description="The command's id, as the answer to its request has it.")]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Chosen by the caller, 1 to 255 characters. A request repeated with it is the same command, sent once.",
    ),
]

CommandBody = Annotated[
    SendCommand,
    Body(
        description="The command, its arguments, and how it travels.",
        examples=[
            Example(summary=name, value={"command": name, "arguments": arguments, "ttl_s": 60, "wait_s": 10})
            for name, arguments in EXAMPLES.items()
        ],
    ),
]
ANSWERS = {202: ResponseSpec(CommandView, description="`pending`: ask for it later.", generate_examples=False)}


@post(
    "/stations/{station:str}/commands",
    summary="Send a command",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def send_command(
    station: StationPath, data: CommandBody, ports: Given, idempotency_key: IdempotencyKey = None
) -> Response[CommandView]:
    """Ask a station for something, in words that are the same for every OCPP version.

    Answered with the outcome, or 202 and `pending` when `wait_s` has passed: `GET /commands/{command_id}` tells it later.
    """
    command = canonical(data.command, data.arguments)
    known = await _station(ports, station)
    return await _ask(ports, known, command, data, key=idempotency_key)


@post(
    "/stations/{station:str}/ocpp/{action:str}",
    summary="Send any OCPP action",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def send_raw(
    station: StationPath,
    action: Annotated[str, PathParameter(description="An action of the station's own OCPP version.")],
    data: Annotated[SendRaw, Body(description="The payload and how it travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[CommandView]:
    """Send any action of the station's own OCPP version as it is; it is validated by that version's schema before it leaves."""
    known = await _station(ports, station)
    command = raw(known.version, action, data.payload)
    return await _ask(ports, known, command, data, key=idempotency_key)


@get("/stations/{station:str}/commands", summary="The station's commands", responses=documented(422))
async def list_of_station(
    station: StationPath, ports: Given, cursor: Cursor = None, limit: Limit = 50
) -> Page[CommandView]:
    """Commands to a station, newest first."""
    return await ports.reads.commands(station, cursor=cursor, limit=limit)


@get("/commands", summary="List commands", responses=documented(422))
async def list_commands(
    ports: Given,
    station: Annotated[str | None, QueryParameter(description="To this station.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CommandView]:
    """Commands to all stations, newest first."""
    return await ports.reads.commands(station, cursor=cursor, limit=limit)


@get("/commands/{command_id:str}", summary="Get a command", responses=documented(404))
async def get_command(command_id: CommandPath, ports: Given) -> CommandView:
    """A command with its outcome, `pending` while it has none."""
    found = await find_command(ports, command_id)
    if found is None:
        raise not_found(f"There is no command {command_id!r}.")
    return found


@delete("/commands/{command_id:str}", summary="Cancel a command", status_code=HTTPStatus.OK, responses=documented(404))
async def cancel_command(command_id: CommandPath, ports: Given) -> CommandView:
    """Cancel a command that has not left for its station. One that has left, or is over, keeps its outcome."""
    found = await find_command(ports, command_id)
    if found is None:
        raise not_found(f"There is no command {command_id!r}.")
    if found.outcome != PENDING:
        return found
    asked_at = ports.clock()
    await ports.publisher.publish(
        CommandCancelled(
            id=derived_id(command_id, "cancel"),
            station=found.station,
            command_id=command_id,
            requested_at=asked_at,
            requested_by=OPERATOR,
        )
    )
    settled = await ports.commands.outcome(command_id, within_s=CANCEL_WAIT_S)
    cancelled = msgspec.structs.replace(found, cancel_requested_at=found.cancel_requested_at or asked_at)
    return with_outcome(cancelled, settled)


async def find_command(ports: Ports, command_id: str) -> CommandView | None:
    """A command from memory, where it is fresh, else from the history, with an outcome heard since laid over it."""
    remembered = ports.commands.find(command_id)
    if remembered is not None and remembered.request is not None and remembered.settled is not None:
        return command_of(remembered)
    try:
        row = await ports.reads.command(command_id)
    except Outage:
        if remembered is None:
            raise
        row = None  # what is remembered will do
    if remembered is None:
        return row
    return command_of(remembered) if row is None else with_outcome(row, remembered.settled)


async def _station(ports: Ports, station: str) -> StationDetails:
    found = await find_station(ports, station)
    if found is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    return found


async def _ask(
    ports: Ports, station: StationDetails, command: Command, asking: Asking, *, key: str | None
) -> Response[CommandView]:
    """Publish the request, unless it is a repeat, and wait for its outcome."""
    id_ = idempotent_id(station.station, key) if key is not None else ports.new_id()
    request = request_to(station.station, command, asking, id=id_, at=ports.clock())
    if key is None or not await _is_repeat(ports, request):
        await ports.publisher.publish(request)
        ports.commands.requested(request)
    return await _answer(ports, request, wait_s=min(asking.wait_s, ports.config.wait_limit_s))


def request_to(station: str, command: Command, asking: Asking, *, id: str, at: datetime) -> CommandRequested:
    """What is published for a command."""
    return CommandRequested(
        id=id,
        station=station,
        command=command,
        requested_at=at,
        expires_at=at + timedelta(seconds=asking.ttl_s),
        priority=asking.priority,
        when_offline=asking.when_offline,
        timeout_s=asking.timeout_s,
        requested_by=OPERATOR,
    )


def idempotent_id(station: str, key: str) -> str:
    """The id of the command that a caller's key means at a station. Raises Problem."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise invalid("Idempotency-Key", f"1 to {LONGEST_KEY} printable characters")
    return derived_id("idempotency-key", station, key)


async def _is_repeat(ports: Ports, request: CommandRequested) -> bool:
    try:
        known = await find_command(ports, request.id)
    except Outage:
        return False  # sent again with the same id: services/commands recognises it
    if known is None:
        return False
    asked = requested(request)
    if (known.command, known.arguments) != (asked.command, asked.arguments):
        raise Problem(HTTPStatus.CONFLICT, "This Idempotency-Key was used for another command.")
    return True


async def _answer(ports: Ports, request: CommandRequested, *, wait_s: float) -> Response[CommandView]:
    settled = await ports.commands.outcome(request.id, within_s=wait_s)
    view = requested(request)
    if settled is not None:
        return Response(with_outcome(view, settled), status_code=HTTPStatus.OK)
    late = await _late(ports, request.id) if wait_s > 0 else None
    if late is not None and late.outcome != PENDING:
        return Response(late, status_code=HTTPStatus.OK)
    return Response(view, status_code=HTTPStatus.ACCEPTED)


async def _late(ports: Ports, command_id: str) -> CommandView | None:
    """The history has the last word before `pending`: the live feed may have been interrupted."""
    try:
        return await ports.reads.command(command_id)
    except Outage:
        return None  # the command is on its way all the same


def router() -> Router:
    """Commands, below stations and by themselves."""
    handlers: list[Any] = [send_command, send_raw, list_of_station, list_commands, get_command, cancel_command]
    return Router(path="/", route_handlers=handlers, tags=["commands"])
