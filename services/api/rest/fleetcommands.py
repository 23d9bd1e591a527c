"""Fleet commands: ask many stations for something in one request, and hear the outcome of each."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, PathParameter

from schemas.base import OcppVersion, Record
from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.topics import REF_STATIONS, STATION_STATES
from services.api.asked import canonical, raw
from services.api.fleetmodel import (
    COMMAND_EXAMPLES,
    RAW_EXAMPLES,
    FleetAnswer,
    SendRawToFleet,
    SendToFleet,
    StationAnswer,
)
from services.api.metrics import FLEET_COMMAND_STATIONS
from services.api.models import Given
from services.api.parts import in_parts
from services.api.ports import Ports
from services.api.problems import FieldError, Problem, documented, invalid, invalid_fields
from services.api.readmodel import CommandView
from services.api.rest.commands import IdempotencyKey, idempotent_id, request_to
from services.api.standing import Standing, standing_in_history, standing_now
from services.api.views import PENDING, arguments_of, command_name
from services.runtime.outage import Outage

MOST_BYTES = 64 * 1_048_576
"""Of all payloads of one request together, on their way to Kafka."""

AT_ONCE = 500
"""Stations that are looked at, or sent to Kafka, before others have their turn: a few milliseconds."""

UNABLE = "unable"
UNKNOWN = "no station of this name has connected or been provisioned"
HISTORY_AWAY = "not known in memory, and ClickHouse cannot be reached now: ask again"
NO_VERSION = "it has never connected, so its OCPP version is not known yet"

Fleet = SendToFleet | SendRawToFleet

Chosen = Callable[[OcppVersion | None], Command | str]
"""The command for a station of that version, or why there is none."""

Ending = CommandSettled | CommandView
"""How a command ended, as Kafka told it or as the history has it."""

T = TypeVar("T")

ANSWERS = {
    202: ResponseSpec(FleetAnswer, description="Some are `pending`: ask for those later.", generate_examples=False)
}
CommandBody = Annotated[
    SendToFleet,
    Body(
        description="The stations, the command with its arguments, and how it travels.",
        examples=[Example(summary=name, value=body) for name, body in COMMAND_EXAMPLES.items()],
    ),
]
RawBody = Annotated[
    SendRawToFleet,
    Body(
        description="The stations, a payload for each OCPP version among them, and how it travels.",
        examples=[Example(summary=name, value=body) for name, body in RAW_EXAMPLES.items()],
    ),
]


@post(
    "/commands",
    summary="Send a command to many stations",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(409, 413, 422)},
)
async def send_to_fleet(
    data: CommandBody, ports: Given, idempotency_key: IdempotencyKey = None
) -> Response[FleetAnswer]:
    """Ask up to 10,000 stations for the same thing, in words that are the same for every OCPP version.

    Each station has a command of its own, with an id for `GET` and `DELETE /commands/{command_id}`, and one outcome. A station
    that cannot be asked is told as `unable` and stops no other. Answered once every outcome is known, or 202 when `wait_s` has
    passed and some are `pending`; `wait_s` 0 answers at once. With an `Idempotency-Key` the request may be repeated, also after
    a 503 (when some stations may have been asked): no station is asked twice, and what is known of each is told.
    """
    command = canonical(data.command, data.arguments)
    _require_small(data, [command])
    return await _asked(ports, data, lambda _version: command, key=idempotency_key)


@post(
    "/ocpp/{action:str}",
    summary="Send any OCPP action to many stations",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(409, 413, 422)},
)
async def send_raw_to_fleet(
    action: Annotated[str, PathParameter(description="An action of every version that has a payload.")],
    data: RawBody,
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[FleetAnswer]:
    """Send an OCPP action as it is to up to 10,000 stations, each with the payload of its own OCPP version.

    Every payload is validated by its version's schema before anything is sent. A station of a version without a payload here,
    or whose version is not known yet, is told as `unable`. All else is as with `POST /commands`.
    """
    commands = _raw_by_version(action, data.payloads)
    _require_small(data, commands.values())

    def chosen(version: OcppVersion | None) -> Command | str:
        if version is None:
            return NO_VERSION
        return commands.get(version) or f"the request has no payload for OCPP {version}"

    return await _asked(ports, data, chosen, key=idempotency_key)


def _raw_by_version(action: str, payloads: Mapping[OcppVersion, dict[str, Any]]) -> dict[OcppVersion, Command]:
    """A command a version. Raises Problem that names whatever a version's schema refuses."""
    commands: dict[OcppVersion, Command] = {}
    errors: list[FieldError] = []
    for version, payload in payloads.items():
        try:
            commands[version] = raw(version, action, payload, field=f"payloads.{version}")
        except Problem as problem:
            errors += problem.errors
    if errors:
        raise invalid_fields(errors)
    return commands


def _require_small(data: Fleet, commands: Iterable[Command]) -> None:
    largest = max(len(msgspec.json.encode(command)) for command in commands)
    if largest * len(data.stations) > MOST_BYTES:
        told = f"{len(data.stations)} times {largest} bytes are more than {MOST_BYTES}: make several requests of it"
        raise invalid("stations", told)


# -- asking -----------------------------------------------------------------------------------------------------------


async def _asked(ports: Ports, data: Fleet, chosen: Chosen, *, key: str | None) -> Response[FleetAnswer]:
    """Publish what was not asked before, and wait for all outcomes at once."""
    stations = tuple(dict.fromkeys(data.stations))
    requests, unable = await _planned(ports, stations, data, chosen, key=key)
    known = {} if key is None else await _known(ports, requests.values())
    wait_s = min(data.wait_s, ports.config.wait_limit_s)
    ended = {id_: ending for id_, ending in known.items() if ending is not None}
    waiting = {request.id: station for station, request in requests.items() if request.id not in ended}
    # from before the first is sent: no outcome is missed, however few commands are remembered
    with ports.commands.listening(waiting if wait_s > 0 else ()) as hearing:
        await _publish(ports, [request for request in requests.values() if request.id not in known])
        await hearing.all(within_s=wait_s)
    ended |= hearing.outcomes
    if wait_s > 0:
        ended |= await _late(ports, {id_: station for id_, station in waiting.items() if id_ not in ended})
    counted = {"sent": len(requests) - len(known), "repeated": len(known), "unable": len(unable)}
    for result, number in counted.items():
        FLEET_COMMAND_STATIONS.labels(result).inc(number)
    return _answer([_told(station, requests.get(station), unable, ended) for station in stations])


async def _planned(
    ports: Ports, stations: Collection[str], data: Fleet, chosen: Chosen, *, key: str | None
) -> tuple[dict[str, CommandRequested], dict[str, str]]:
    """A request for each station that can be asked; why the others cannot."""
    standings, unable = await _standings(ports, stations)
    requests: dict[str, CommandRequested] = {}
    at = ports.clock()
    async for some in _by_turns(standings):
        for station in some:
            command = chosen(standings[station].version)
            if isinstance(command, str):
                unable[station] = command
            else:
                id_ = ports.new_id() if key is None else idempotent_id(station, key)
                requests[station] = request_to(station, command, data, id=id_, at=at)
    return requests, unable


async def _standings(ports: Ports, stations: Collection[str]) -> tuple[dict[str, Standing], dict[str, str]]:
    """Which stations there are: from memory; those that have no state there from the history. Why not, of the others."""
    there: dict[str, Standing] = {}
    elsewhere: dict[str, Record | None] = {}
    async for some in _by_turns(stations):
        for station in some:
            state, told = ports.reference.get(STATION_STATES, station), ports.reference.get(REF_STATIONS, station)
            standing = standing_now(state, told)
            if standing is not None:
                there[station] = standing
            if state is None:
                elsewhere[station] = told
    away: Collection[str] = ()
    if elsewhere:
        try:
            rows = await ports.reads.stations_called(tuple(elsewhere))
        except Outage:
            rows, away = {}, elsewhere
        for station, row in rows.items():
            standing = standing_in_history(row, elsewhere[station])
            if standing is not None:
                there[station] = standing
    missing = (station for station in stations if station not in there)
    return there, {station: HISTORY_AWAY if station in away else UNKNOWN for station in missing}


async def _known(ports: Ports, requests: Collection[CommandRequested]) -> dict[str, Ending | None]:
    """The commands that were asked for before, with their endings. Raises Problem where the key meant something else then."""
    known: dict[str, Ending | None] = {}
    elsewhere: dict[str, CommandRequested] = {}
    async for some in _by_turns(requests):
        for request in some:
            remembered = ports.commands.find(request.id)
            if remembered is None or remembered.request is None:
                elsewhere[request.id] = request
            else:
                _require_same(request, remembered.request.command == request.command)
            if remembered is not None:
                known[request.id] = remembered.settled
    try:
        rows = await ports.reads.commands_called({id_: request.station for id_, request in elsewhere.items()})
    except Outage:
        return known  # sent again with the same id: services/commands recognises it
    async for found in _by_turns(rows.values()):
        for row in found:
            asked = elsewhere[row.command_id].command
            same = not row.command or (row.command, row.arguments) == (command_name(asked), arguments_of(asked))
            _require_same(elsewhere[row.command_id], same)
            known[row.command_id] = known.get(row.command_id) or _ending(row)
    return known


def _require_same(request: CommandRequested, same: bool) -> None:
    if not same:
        raise Problem(HTTPStatus.CONFLICT, f"This Idempotency-Key was used for another command to {request.station!r}.")


async def _publish(ports: Ports, requests: Collection[CommandRequested]) -> None:
    async for some in _by_turns(requests):
        await ports.publisher.publish(*some)
        for request in some:
            ports.commands.requested(request)


async def _late(ports: Ports, waiting: Mapping[str, str]) -> dict[str, Ending]:
    """The history has the last word before `pending`: the live feed may have been interrupted, or too many waited."""
    if not waiting:
        return {}
    try:
        rows = await ports.reads.commands_called(waiting)
    except Outage:
        return {}  # the commands are on their way all the same
    return {id_: row for id_, row in rows.items() if _ending(row) is not None}


def _ending(row: CommandView) -> Ending | None:
    return None if row.outcome == PENDING else row


async def _by_turns(items: Iterable[T]) -> AsyncIterator[list[T]]:
    """A part after the other, the rest of the process between them: ten thousand at once would hold everybody up."""
    for some in in_parts(items, AT_ONCE):
        yield some
        await asyncio.sleep(0)


# -- telling ----------------------------------------------------------------------------------------------------------


def _told(
    station: str, request: CommandRequested | None, unable: Mapping[str, str], ended: Mapping[str, Ending]
) -> StationAnswer:
    if request is None:
        return StationAnswer(station=station, outcome=UNABLE, detail=unable[station])
    ending = ended.get(request.id)
    if ending is None:
        return StationAnswer(station=station, command_id=request.id, outcome=PENDING)
    detail = ending.detail or ending.error_code
    return StationAnswer(station=station, command_id=request.id, outcome=ending.outcome, detail=detail)


def _answer(items: list[StationAnswer]) -> Response[FleetAnswer]:
    counts = Counter(item.outcome for item in items)
    status = HTTPStatus.ACCEPTED if counts[PENDING] else HTTPStatus.OK
    return Response(FleetAnswer(counts=dict(counts), items=tuple(items)), status_code=status)


def router() -> Router:
    """Commands to many stations."""
    return Router(path="/", route_handlers=[send_to_fleet, send_raw_to_fleet], tags=["commands"])
