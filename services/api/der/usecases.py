"""Use cases of DER control: set, find, clear, and have a station report its controls. Routes and pages call them."""

from http import HTTPStatus
from typing import Any

import msgspec

from schemas.base import derived_id
from schemas.der import PRESENT, SetDERControl, control_id_of
from schemas.outcomes import is_unanswered
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.commands.views import PENDING
from services.api.der.rows import Answered, Control, SetControl
from services.api.ports import Ports
from services.api.web.problems import FieldError, Problem, invalid_fields, not_found
from services.runtime.process.outage import Outage


async def set_control(ports: Ports, station: str, data: SetControl, *, key: str | None = None) -> Answered:
    """Have a station take a control, and wait for its answer. Raises Problem, as `commands.ask` does; Outage."""
    arguments: dict[str, Any] = {
        "control_type": data.control_type,
        "is_default": data.is_default,
        "settings": msgspec.to_builtins(data.settings, builtin_types=()),
        "control_id": data.control_id,
    }
    _require_rules(data)
    command = await ask(ports, station, _command("SetDERControl", arguments, data), key=key)
    number = data.control_id or control_id_of(command.command_id)
    found = await _known(ports, derived_id(command.station, "der-control", number))
    if found is not None and found.status == "requested":  # the service may not have read the outcome yet
        found = _by_outcome(found, command)
    return Answered(control=found, command=command)


async def clear_control(ports: Ports, der_control: str) -> Answered:
    """Have the station clear a control. Raises Problem: 404, 409 where the station has it no more; Outage."""
    found = await known_control(ports, der_control)
    if found.status not in PRESENT:
        raise Problem(HTTPStatus.CONFLICT, f"The station has the control no more: it is {found.status}.")
    arguments = {"is_default": found.is_default, "control_id": found.control_id}
    command = await ask(ports, found.station, _command("ClearDERControl", arguments, Asking()))
    if command.outcome == "accepted":
        found = msgspec.structs.replace(found, status="cleared", ended_at=command.settled_at)
    return Answered(control=found, command=command)


async def read_controls(
    ports: Ports, station: str, *, is_default: bool | None = None, control_type: str = ""
) -> CommandView:
    """Have a station report its controls, all or some; what it reports is known a little later. Raises Problem; Outage."""
    arguments = {"is_default": is_default, "control_type": control_type}
    return await ask(ports, station, _command("GetDERControl", arguments, Asking()))


async def clear_controls(ports: Ports, station: str, *, is_default: bool, control_type: str = "") -> CommandView:
    """Have a station clear its default controls, or its scheduled ones, of all types or of one. Raises Problem; Outage."""
    arguments = {"is_default": is_default, "control_type": control_type}
    return await ask(ports, station, _command("ClearDERControl", arguments, Asking()))


async def known_control(ports: Ports, der_control: str) -> Control:
    """A control as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.der_control(der_control)
    if found is None:
        raise not_found(f"There is no DER control {der_control!r}.")
    return found


def _require_rules(data: SetControl) -> None:
    """Raises Problem naming what breaks the rules of R04, by the members of the body."""
    members = {name: getattr(data, name) for name in ("control_type", "is_default", "settings", "control_id")}
    faults = [FieldError(field=fault.member, detail=fault.detail) for fault in SetDERControl(**members).faults()]
    if faults:
        raise invalid_fields(faults)


def _by_outcome(found: Control, command: CommandView) -> Control:
    if command.outcome == PENDING:
        return found
    if command.outcome == "accepted":
        return msgspec.structs.replace(found, status="accepted")
    if is_unanswered(command.outcome, sent=command.sent):
        return msgspec.structs.replace(found, status="unconfirmed")
    detail = command.detail or command.error_code or command.outcome.capitalize()
    return msgspec.structs.replace(found, status="refused", detail=detail, ended_at=command.settled_at)


async def _known(ports: Ports, der_control: str) -> Control | None:
    try:
        return await ports.reads.der_control(der_control)
    except Outage:
        return None  # the outcome of the command is known all the same


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)
