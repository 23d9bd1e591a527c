"""Use cases of reservations: reserve, find, cancel. Routes and pages call them."""

from http import HTTPStatus
from typing import Any

import msgspec

from schemas.reservations import OPEN, reservation_id_of, status_answered
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.commands.usecases import cancel as cancel_command
from services.api.commands.views import PENDING
from services.api.ports import Ports
from services.api.reservations.rows import Answered, Reservation, Reserve
from services.api.web.problems import Problem, invalid, not_found
from services.runtime.process.outage import Outage


async def reserve(ports: Ports, station: str, data: Reserve, *, key: str | None = None) -> Answered:
    """Ask a station for a reservation and wait for its answer. Raises Problem, as `commands.ask` does; Outage."""
    if data.expires_at <= ports.clock():
        raise invalid("expires_at", "lies in the past")
    command = await ask(ports, station, _command("ReserveNow", _arguments(data), data), key=key)
    asked = _requested(command, data)
    known = await _known_or_none(ports, asked.reservation)
    if known is not None and known.status != "requested":
        return Answered(reservation=known, command=command)
    return Answered(reservation=asked, command=command)


async def cancel(ports: Ports, reservation: str, asking: Asking | None = None) -> Answered:
    """Cancel a reservation: its request if that has not left for the station, else at the station.

    Raises Problem: 404, 409 where it has ended; Outage.
    """
    found = await known_reservation(ports, reservation)
    if found.status not in OPEN:
        raise Problem(HTTPStatus.CONFLICT, f"The reservation has ended: it is {found.status}.")
    if found.status == "requested":
        command = await cancel_command(ports, reservation)
        found = _answered(found, command)
        if command.outcome == PENDING or found.status not in OPEN:
            return Answered(reservation=found, command=command)
    arguments = {"reservation_id": found.reservation_id}
    command = await ask(ports, found.station, _command("CancelReservation", arguments, asking or Asking()))
    if command.outcome == "accepted":
        found = msgspec.structs.replace(found, status="cancelled", ended_at=command.settled_at)
    return Answered(reservation=found, command=command)


async def known_reservation(ports: Ports, reservation: str) -> Reservation:
    """A reservation as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.reservation(reservation)
    if found is None:
        raise not_found(f"There is no reservation {reservation!r}.")
    return found


async def _known_or_none(ports: Ports, reservation: str) -> Reservation | None:
    try:
        return await ports.reads.reservation(reservation)
    except Outage:
        return None  # the command is known, and says what the reservation is


def _arguments(data: Reserve) -> dict[str, Any]:
    members = ("token", "expires_at", "evse", "connector_type", "group", "token_type", "reservation_id")
    given: dict[str, Any] = msgspec.to_builtins({name: getattr(data, name) for name in members})
    return {name: value for name, value in given.items() if value is not None}


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)


def _requested(command: CommandView, data: Reserve) -> Reservation:
    """What the reservation is by its command alone, before the service has said it."""
    at = command.requested_at
    assert at is not None, "a command that was just sent has its request"
    asked = Reservation(
        reservation=command.command_id,
        station=command.station,
        reservation_id=reservation_id_of(command.command_id) if data.reservation_id is None else data.reservation_id,
        token=data.token,
        token_type=data.token_type,
        group=data.group,
        evse=data.evse,
        connector_type=data.connector_type,
        expires_at=data.expires_at,
        status="requested",
        detail="",
        session="",
        requested_at=at,
        requested_by=command.requested_by,
        ended_at=None,
        changed_at=command.settled_at or at,
    )
    return _answered(asked, command)


def _answered(reservation: Reservation, command: CommandView) -> Reservation:
    if command.outcome == PENDING:
        return reservation
    status = status_answered(command.outcome, sent=command.sent)
    return msgspec.structs.replace(
        reservation,
        status=status,
        detail="" if status == "accepted" else command.detail or command.error_code or command.outcome.capitalize(),
        ended_at=None if status in OPEN else command.settled_at,
    )
