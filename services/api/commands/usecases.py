"""Use cases of commands: ask a station for something, find a command, cancel it. Routes and pages call them."""

import asyncio
import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

import msgspec

from schemas.base import derived_id
from schemas.commands import Command, CommandCancelled, CommandRequested
from schemas.reports import ASKED_BY
from services.api.commands.bodies import Asking, SendCommand, SendRaw
from services.api.commands.parsing import Travelling, canonical, raw, travelling
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING, action_of, command_of, requested, with_outcome
from services.api.ports import Ports
from services.api.reports.usecases import ended_report
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.problems import Problem, invalid, not_found, not_published
from services.runtime.process.outage import Outage

ACCEPTED = "accepted"

CANCEL_WAIT_S = 2.0

SALT_BYTES = 16

LONGEST_KEY = 255


async def ask(ports: Ports, station: str, data: SendCommand, *, key: str | None = None) -> CommandView:
    """Send a canonical command and wait for its outcome; `pending` where that takes longer than `wait_s`.

    Raises Problem for arguments that cannot be used, an unknown station, or a key that another command had; Outage.
    """
    command = canonical(data.command, data.arguments)
    details = await known_station(ports, station)
    return await _sent(ports, details, command, data, key=key)


async def ask_raw(ports: Ports, station: str, action: str, data: SendRaw, *, key: str | None = None) -> CommandView:
    """Send any action of the station's own OCPP version, validated here where the version is known. As `ask` otherwise."""
    details = await known_station(ports, station)
    command = raw(details.version, action, data.payload)
    return await _sent(ports, details, command, data, key=key)


async def cancel(ports: Ports, command_id: str) -> CommandView:
    """Cancel a command that has not left for its station; one that has, or is over, keeps its outcome. Raises Problem."""
    found = await known_command(ports, command_id)
    if found.outcome != PENDING:
        return found
    asked_at = ports.clock()
    cancelled = CommandCancelled(
        id=derived_id(command_id, "cancel"),
        station=found.station,
        command_id=command_id,
        requested_at=asked_at,
        requested_by=ports.principal.name,
    )
    try:
        await ports.publisher.publish(cancelled)
    except Outage as outage:
        raise not_published(outage, "cancellation", command_id=command_id) from outage
    settled = await ports.commands.outcome(command_id, within_s=CANCEL_WAIT_S)
    cancelling = msgspec.structs.replace(found, cancel_requested_at=found.cancel_requested_at or asked_at)
    return with_outcome(cancelling, settled)


async def known_command(ports: Ports, command_id: str) -> CommandView:
    """A command with its outcome. Raises Problem: 404; Outage."""
    found = await find_command(ports, command_id)
    if found is None:
        raise not_found(f"There is no command {command_id!r}.")
    return (
        msgspec.structs.replace(found, report=await ports.reads.report(command_id))
        if action_of(found) in ASKED_BY
        else found
    )


async def find_command(ports: Ports, command_id: str) -> CommandView | None:
    """A command from memory, else from the history, with a newer outcome from memory."""
    remembered = ports.commands.find(command_id)
    if remembered is not None and remembered.request is not None and remembered.settled is not None:
        return command_of(remembered)
    try:
        row = await ports.reads.command(command_id)
    except Outage:
        remembered = ports.commands.find(command_id)
        if remembered is None:
            raise
        row = None  # what is remembered will do
    remembered = ports.commands.find(command_id)  # the read has caught up with Kafka
    if remembered is None:
        return row
    return command_of(remembered) if row is None else with_outcome(row, remembered.settled)


async def ask_for(
    ports: Ports, station: str, command: Command, asking: Asking, *, id: str, repeatable: bool
) -> CommandView:
    """Send a command under an id that the caller has made. `repeatable`: it follows from a key, and the command may be a repeat.

    Otherwise as `ask`.
    """
    details = await known_station(ports, station)
    return await _published(ports, details, command, asking, id=id, repeatable=repeatable)


async def _sent(
    ports: Ports, station: StationDetails, command: Command, asking: Asking, *, key: str | None
) -> CommandView:
    id_ = idempotent_id(station.station, key) if key is not None else ports.new_id()
    return await _published(ports, station, command, asking, id=id_, repeatable=key is not None)


async def _published(
    ports: Ports, station: StationDetails, command: Command, asking: Asking, *, id: str, repeatable: bool
) -> CommandView:
    """Publish the request, unless it is a repeat, and wait for its outcome."""
    ready = travelling(command, ports.config.seal, salt=new_salt())
    request = request_to(station.station, ready, asking, id=id, at=ports.clock(), by=ports.principal.name)
    if not repeatable or not await _is_repeat(ports, request):
        try:
            await ports.publisher.publish(request)
        except Outage as outage:
            raise not_published(outage, command_id=request.id) from outage
        ports.commands.requested(request)
    return await _wait_for_outcome(ports, request, wait_s=min(asking.wait_s, ports.config.wait_limit_s))


def new_salt() -> bytes:
    """For the hash of one password."""
    return secrets.token_bytes(SALT_BYTES)


def request_to(station: str, ready: Travelling, asking: Asking, *, id: str, at: datetime, by: str) -> CommandRequested:
    """What is published for a command that somebody asks for."""
    return CommandRequested(
        id=id,
        station=station,
        command=ready.command,
        requested_at=at,
        expires_at=at + timedelta(seconds=asking.ttl_s),
        priority=asking.priority,
        when_offline=asking.when_offline,
        timeout_s=asking.timeout_s,
        credential_hash=ready.credential_hash,
        requested_by=by,
    )


def idempotent_id(station: str, key: str) -> str:
    """The id of the command that a caller's key means at a station. Raises Problem."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise invalid("Idempotency-Key", f"1 to {LONGEST_KEY} printable characters")
    return derived_id("idempotency-key", station, key)


async def _is_repeat(ports: Ports, request: CommandRequested) -> bool:
    try:
        earlier = await find_command(ports, request.id)
    except Outage:
        return False  # sent again with the same id: services/commands recognises it
    if earlier is None:
        return False
    wanted = requested(request)
    if (earlier.command, earlier.arguments) != (wanted.command, wanted.arguments):
        raise Problem(HTTPStatus.CONFLICT, "This Idempotency-Key was used for another command.")
    return True


async def _wait_for_outcome(ports: Ports, request: CommandRequested, *, wait_s: float) -> CommandView:
    """The command as it is when its outcome, and the answer in parts that it asks for, came, or when `wait_s` has passed."""
    now = asyncio.get_running_loop().time
    until = now() + wait_s
    settled = await ports.commands.outcome(request.id, within_s=wait_s)
    view = requested(request)
    if settled is not None:
        view = with_outcome(view, settled)
    elif (late := await _late(ports, request.id) if wait_s > 0 else None) is not None and late.outcome != PENDING:
        view = late
    if view.outcome != ACCEPTED:
        return view
    report = await ended_report(ports, request.id, request.command, within_s=until - now())
    return msgspec.structs.replace(view, report=report)


async def _late(ports: Ports, command_id: str) -> CommandView | None:
    """The history has the last word before `pending`: the live feed may have been interrupted."""
    try:
        return await ports.reads.command(command_id)
    except Outage:
        return None  # the command is on its way all the same
