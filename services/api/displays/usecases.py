"""Use cases of display messages: show, find, clear, ask the station for those it has. Routes and pages call them."""

from http import HTTPStatus
from typing import Any

import msgspec

from schemas.displays import OPEN, DisplayMessage, Translation, message_id_of
from schemas.outcomes import is_unanswered
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.commands.usecases import cancel as cancel_command
from services.api.commands.views import PENDING
from services.api.displays.rows import Answered, Message, Show
from services.api.ports import Ports
from services.api.web.problems import Problem, invalid, not_found
from services.runtime.process.outage import Outage

SAME = tuple(name for name in DisplayMessage.__struct_fields__ if name not in ("message_id", "priority"))
"""What a message and the body that asks for it call alike."""


async def show_message(ports: Ports, station: str, data: Show, *, key: str | None = None) -> Answered:
    """Have a station show a message, and wait for its answer. Raises Problem, as `commands.ask` does; Outage."""
    if data.ends_at is not None and data.ends_at <= ports.clock():
        raise invalid("ends_at", "lies in the past")
    if data.ends_at is not None and data.starts_at is not None and data.ends_at <= data.starts_at:
        raise invalid("ends_at", "is not after starts_at")
    command = await ask(ports, station, _command("SetDisplayMessage", _arguments(data), data), key=key)
    asked = _requested(command, data)
    known = await _known_or_none(ports, asked.display_message)
    if known is not None and known.status != "requested":
        return Answered(message=known, command=command)
    return Answered(message=asked, command=command)


async def clear_message(ports: Ports, display_message: str) -> Answered:
    """Clear a message: its request if that has not left for the station, else at the station.

    Raises Problem: 404, 409 where it has ended; Outage.
    """
    found = await known_message(ports, display_message)
    if found.status not in OPEN:
        raise Problem(HTTPStatus.CONFLICT, f"The station has the message no more: it is {found.status}.")
    if found.status == "requested":
        command = await cancel_command(ports, display_message)
        found = _answered(found, command)
        if command.outcome == PENDING or found.status not in OPEN:
            return Answered(message=found, command=command)
    command = await ask(
        ports, found.station, _command("ClearDisplayMessage", {"message_id": found.message_id}, Asking())
    )
    if command.outcome == "accepted":
        found = msgspec.structs.replace(found, status="cleared", ended_at=command.settled_at)
    return Answered(message=found, command=command)


async def read_messages(ports: Ports, station: str) -> CommandView:
    """Ask a station which messages it has; what it reports is known a little later. Raises Problem; Outage."""
    return await ask(ports, station, _command("GetDisplayMessages", {}, Asking()))


async def known_message(ports: Ports, display_message: str) -> Message:
    """A message as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.display_message(display_message)
    if found is None:
        raise not_found(f"There is no display message {display_message!r}.")
    return found


async def _known_or_none(ports: Ports, display_message: str) -> Message | None:
    try:
        return await ports.reads.display_message(display_message)
    except Outage:
        return None  # the command is known, and says what the message is


def _arguments(data: Show) -> dict[str, Any]:
    given: dict[str, Any] = msgspec.to_builtins(_members(data) | {"message_id": data.message_id})
    return {name: value for name, value in given.items() if value is not None}


def _members(data: Show) -> dict[str, Any]:
    return {name: getattr(data, name) for name in SAME} | {"priority": data.message_priority}


def _told(data: Show) -> dict[str, Any]:
    translations = msgspec.convert(msgspec.to_builtins(data.translations), tuple[Translation, ...])
    return _members(data) | {"translations": translations}


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)


def _requested(command: CommandView, data: Show) -> Message:
    """What the message is by its command alone, before the service has said it."""
    at = command.requested_at
    assert at is not None, "a command that was just sent has its request"
    asked = Message(
        **_told(data),
        display_message=command.command_id,
        station=command.station,
        message_id=message_id_of(command.command_id) if data.message_id is None else data.message_id,
        status="requested",
        detail="",
        requested_at=at,
        requested_by=command.requested_by,
        ended_at=None,
        changed_at=command.settled_at or at,
    )
    return _answered(asked, command)


def _answered(message: Message, command: CommandView) -> Message:
    if command.outcome == PENDING:
        return message
    if command.outcome == "accepted":
        return msgspec.structs.replace(message, status="accepted")
    detail = command.detail or command.error_code or command.outcome.capitalize()
    if is_unanswered(command.outcome, sent=command.sent):
        return msgspec.structs.replace(message, status="unconfirmed", detail=detail)
    return msgspec.structs.replace(message, status="refused", detail=detail, ended_at=command.settled_at)
