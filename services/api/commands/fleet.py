"""Fleet commands: ask many stations for something in one request, and hear the outcome of each."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from schemas.base import OcppVersion, Record
from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.stations import REF_STATIONS, STATION_STATES
from services.api.commands.fleetbodies import (
    FleetAnswer,
    SendRawToFleet,
    SendToFleet,
    StationAnswer,
)
from services.api.commands.parsing import Travelling, canonical, raw, travelling
from services.api.commands.rows import CommandView
from services.api.commands.standing import Standing, standing_in_history, standing_now
from services.api.commands.usecases import idempotent_id, new_salt, request_to
from services.api.commands.views import PENDING, arguments_of, command_name
from services.api.ports import Ports
from services.api.web.metrics import FLEET_COMMAND_STATIONS
from services.api.web.parts import in_parts
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields, not_published
from services.runtime.process.outage import Outage

MOST_BYTES = 64 * 1_048_576
"""Of all payloads of one request together, on their way to Kafka."""

AT_ONCE = 500
"""Stations that are looked at, or sent to Kafka, before others have their turn: a few milliseconds."""

UNABLE = "unable"
UNKNOWN = "no station of this name has connected or been provisioned"
HISTORY_AWAY = "not known in memory, and ClickHouse cannot be reached now: ask again"
NO_VERSION = "it has never connected, so its OCPP version is not known yet"

Fleet = SendToFleet | SendRawToFleet

Chosen = Callable[[OcppVersion | None], Travelling | str]
"""The command for a station of that version, or why there is none."""

Ending = CommandSettled | CommandView
"""How a command ended: a record of Kafka, or a row of the history."""

T = TypeVar("T")


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


def _require_small(data: Fleet, commands: Iterable[Travelling]) -> None:
    largest = max(len(msgspec.json.encode(ready.command)) for ready in commands)
    if largest * len(data.stations) > MOST_BYTES:
        sentence = f"{len(data.stations)} times {largest} bytes are more than {MOST_BYTES}: make several requests of it"
        raise invalid("stations", sentence)


async def ask_fleet(ports: Ports, data: SendToFleet, *, key: str | None = None) -> FleetAnswer:
    """Send a canonical command to many stations and wait for their outcomes. Raises Problem, Outage."""
    ready = travelling(canonical(data.command, data.arguments), ports.config.seal, salt=new_salt())
    _require_small(data, [ready])
    return await _sent_to_all(ports, data, lambda _version: ready, key=key)


async def ask_fleet_raw(ports: Ports, action: str, data: SendRawToFleet, *, key: str | None = None) -> FleetAnswer:
    """Send an OCPP action to many stations, each with the payload of its own version. Raises Problem, Outage."""
    by_version = _raw_by_version(action, data.payloads)
    commands = {
        version: travelling(command, ports.config.seal, salt=new_salt()) for version, command in by_version.items()
    }
    _require_small(data, commands.values())

    def chosen(version: OcppVersion | None) -> Travelling | str:
        if version is None:
            return next(iter(commands.values())) if len(commands) == 1 else NO_VERSION
        return commands.get(version) or f"the request has no payload for OCPP {version}"

    return await _sent_to_all(ports, data, chosen, key=key)


# -- asking -----------------------------------------------------------------------------------------------------------


async def _sent_to_all(ports: Ports, data: Fleet, chosen: Chosen, *, key: str | None) -> FleetAnswer:
    """Publish what was not asked before, and wait for all outcomes at once."""
    stations = tuple(dict.fromkeys(data.stations))
    requests, unable = await _planned(ports, stations, data, chosen, key=key)
    outcomes = {} if key is None else await _known_outcomes(ports, requests.values())
    wait_s = min(data.wait_s, ports.config.wait_limit_s)
    ended = {id_: ending for id_, ending in outcomes.items() if ending is not None}
    if ports.quotas is not None:  # all of them at once, so that none is sent where not all may be
        new = [request for request in requests.values() if request.id not in outcomes]
        ports.quotas.command(ports.principal.scope.tenants, new)
    waiting = {request.id: station for station, request in requests.items() if request.id not in ended}
    # from before the first is sent: no outcome is missed, however few commands are remembered
    with ports.commands.listening(waiting if wait_s > 0 else ()) as hearing:
        await _publish(ports, [request for request in requests.values() if request.id not in outcomes])
        await hearing.all(within_s=wait_s)
    ended |= hearing.outcomes
    if wait_s > 0:
        ended |= await _late(ports, {id_: station for id_, station in waiting.items() if id_ not in ended})
    counted = {"sent": len(requests) - len(outcomes), "repeated": len(outcomes), "unable": len(unable)}
    for result, number in counted.items():
        FLEET_COMMAND_STATIONS.labels(result).inc(number)
    items = tuple(_answer_of(station, requests.get(station), unable, ended) for station in stations)
    return FleetAnswer(counts=dict(Counter(item.outcome for item in items)), items=items)


async def _planned(
    ports: Ports, stations: Collection[str], data: Fleet, chosen: Chosen, *, key: str | None
) -> tuple[dict[str, CommandRequested], dict[str, str]]:
    """A request for each station that can be asked; why the others cannot."""
    standings, unable = await _standings(ports, stations)
    requests: dict[str, CommandRequested] = {}
    at = ports.clock()
    async for some in _by_turns(standings):
        for station in some:
            ready = chosen(standings[station].version)
            if isinstance(ready, str):
                unable[station] = ready
            else:
                id_ = ports.new_id() if key is None else idempotent_id(station, key)
                requests[station] = request_to(station, ready, data, id=id_, at=at, by=ports.principal.name)
    return requests, unable


async def _standings(ports: Ports, stations: Collection[str]) -> tuple[dict[str, Standing], dict[str, str]]:
    """Which stations there are: from memory; those that have no state there from the history. Why not, of the others."""
    there: dict[str, Standing] = {}
    elsewhere: dict[str, Record | None] = {}
    async for some in _by_turns(stations):
        for station in some:
            state, provisioned = (
                ports.reference.get(STATION_STATES, station),
                ports.reference.get(REF_STATIONS, station),
            )
            standing = standing_now(state, provisioned)
            if standing is not None:
                there[station] = standing
            if state is None:
                elsewhere[station] = provisioned
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


async def _known_outcomes(ports: Ports, requests: Collection[CommandRequested]) -> dict[str, Ending | None]:
    """The commands that were asked for before, with their endings. Raises Problem where the key meant something else then."""
    outcomes: dict[str, Ending | None] = {}
    elsewhere: dict[str, CommandRequested] = {}
    async for some in _by_turns(requests):
        for request in some:
            remembered = ports.commands.find(request.id)
            if remembered is None or remembered.request is None:
                elsewhere[request.id] = request
            else:
                _require_same(request, remembered.request.command == request.command)
            if remembered is not None:
                outcomes[request.id] = remembered.settled
    try:
        rows = await ports.reads.commands_called({id_: request.station for id_, request in elsewhere.items()})
    except Outage:
        return outcomes  # sent again with the same id: services/commands recognises it
    async for found in _by_turns(rows.values()):
        for row in found:
            earlier = elsewhere[row.command_id].command
            same = not row.command or (row.command, row.arguments) == (command_name(earlier), arguments_of(earlier))
            _require_same(elsewhere[row.command_id], same)
            outcomes[row.command_id] = outcomes.get(row.command_id) or _ending(row)
    return outcomes


def _require_same(request: CommandRequested, same: bool) -> None:
    if not same:
        raise Problem(HTTPStatus.CONFLICT, f"This Idempotency-Key was used for another command to {request.station!r}.")


async def _publish(ports: Ports, requests: Collection[CommandRequested]) -> None:
    left: dict[str, str] = {}
    async for some in _by_turns(requests):
        these = {request.station: request.id for request in some}
        try:
            await ports.publisher.publish(*some)
        except Outage as outage:
            raise not_published(outage, commands=left | (these if outage.may_have_left else {})) from outage
        left |= these
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


def _answer_of(
    station: str, request: CommandRequested | None, unable: Mapping[str, str], ended: Mapping[str, Ending]
) -> StationAnswer:
    if request is None:
        return StationAnswer(station=station, outcome=UNABLE, detail=unable[station])
    ending = ended.get(request.id)
    if ending is None:
        return StationAnswer(station=station, command_id=request.id, outcome=PENDING)
    detail = ending.detail or ending.error_code
    return StationAnswer(
        station=station,
        command_id=request.id,
        outcome=ending.outcome,
        detail=detail,
        items=ending.items,
        reboot_required=ending.reboot_required,
        sent=ending.sent,
    )
