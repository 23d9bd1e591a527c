"""Asking: which commands ask for an answer in parts, and by which number its parts are known. PURE."""

import msgspec

from schemas.commands import Command, CommandRequested, RawCall
from schemas.reports import ASKED_BY, AskedInParts, request_id_of
from schemas.states.reports import Asked


class _RequestId(msgspec.Struct):
    """What is read of the payload of a raw command."""

    requestId: int  # noqa: N815 as OCPP spells it


def brings(command: Command) -> str:
    """The message that brings the answer in parts; empty where the command asks for no such answer."""
    match command:
        case AskedInParts():
            return type(command).brings
        case RawCall(action=action):
            return ASKED_BY.get(action, "")
    return ""


def asked_in(request: CommandRequested) -> Asked | None:
    """What a command asks for in parts; None where it asks for nothing of the kind, or where the gateway will refuse its payload."""
    message = brings(request.command)
    if not message:
        return None
    number = request_id_of(request.id)
    if isinstance(request.command, RawCall):
        try:
            number = msgspec.json.decode(request.command.payload, type=_RequestId).requestId
        except msgspec.MsgspecError:
            return None
    return Asked(
        command_id=request.id,
        message=message,
        request_id=number,
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )
