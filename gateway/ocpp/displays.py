"""Display messages: set, asked for and cleared (O01 to O06), and reported in parts (O03, O04). 1.6 has none."""

from typing import Any

from gateway.ocpp.rows import Call, Capability, Draft, Outbound, Unsupported, carries, present, spelled, stored
from gateway.ocpp.spelling.moments import moment, rfc3339
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.base import Record
from schemas.displays import (
    MESSAGE_MOST_201,
    ONLY_21,
    ClearDisplayMessage,
    DisplayMessage,
    DisplayMessagesReported,
    GetDisplayMessages,
    SetDisplayMessage,
    Translation,
    message_id_of,
)
from schemas.reports import request_id_of

# -- from stations ----------------------------------------------------------------------------------------------------


def reported_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyDisplayMessages: one part of a report."""
    read = [_message(each, call) for each in wire.messageInfo or () if each.id is not None]
    return (
        DisplayMessagesReported(
            id=call.id("display-messages"),
            station=call.context.station,
            request_id=wire.requestId,
            last=not wire.tbc,
            messages=tuple(message for message, _ in read),
            deviations=tuple(dict.fromkeys(each for _, deviations in read for each in deviations)),
            received_at=call.context.received_at,
        ),
    )


def _message(wire: Any, call: Call) -> tuple[DisplayMessage, tuple[str, ...]]:
    starts = moment(wire.startDateTime, call.context) if wire.startDateTime else None
    ends = moment(wire.endDateTime, call.context) if wire.endDateTime else None
    content, display = wire.message, wire.display
    message = DisplayMessage(
        message_id=wire.id,
        text=(content and content.content) or "",
        format=(content and content.format) or "",
        language=(content and content.language) or "",
        priority=wire.priority or "",
        state=wire.state or "",
        starts_at=starts.at if starts else None,
        ends_at=ends.at if ends else None,
        transaction_id=wire.transactionId or "",
        display=(display and display.name) or "",
        evse=display.evse.id if display and display.evse else None,
        translations=tuple(_content(each) for each in getattr(wire, "messageExtra", None) or ()),
    )
    return message, tuple(each for told in (starts, ends) if told is not None for each in told.deviations)


def _content(wire: Any) -> Translation:
    return Translation(text=wire.content or "", format=wire.format or "UTF8", language=wire.language or "")


# -- to stations ------------------------------------------------------------------------------------------------------


def set_201(command: SetDisplayMessage, command_id: str) -> Draft | Unsupported:
    """2.0.1 SetDisplayMessage: in one language, without the formats and states of 2.1."""
    if command.translations:
        return Unsupported(reason="OCPP 2.0.1 shows a message in one language")
    if found := ONLY_21 & {command.format, command.state}:
        return Unsupported(reason=f"OCPP 2.0.1 has no {min(found)}")
    if len(command.text) > MESSAGE_MOST_201:
        return Unsupported(reason=f"OCPP 2.0.1 has no messages of more than {MESSAGE_MOST_201} characters")
    return set_21(command, command_id)


def set_21(command: SetDisplayMessage, command_id: str) -> Draft:
    """2.1 SetDisplayMessage (O01, O02, O06)."""
    number = message_id_of(command_id) if command.message_id is None else command.message_id
    evse = None if command.evse is None else {"id": command.evse}
    display = present(evse=evse, name=command.display or "Display") if command.display or evse else None
    message = present(
        display=display,
        id=number,
        priority=command.priority,
        state=command.state or None,
        startDateTime=_time(command.starts_at),
        endDateTime=_time(command.ends_at),
        transactionId=command.transaction_id or None,
        message=_text(command.format, command.language, command.text),
        messageExtra=[_text(each.format, each.language, each.text) for each in command.translations] or None,
    )
    return Draft("SetDisplayMessage", {"message": message})


def _time(at: Any) -> str | None:
    return None if at is None else rfc3339(at)


def _text(form: str, language: str, text: str) -> dict[str, Any]:
    return present(format=form, language=language or None, content=text)


def get_2x(command: GetDisplayMessages, command_id: str) -> Draft:
    """2.x GetDisplayMessages (O03, O04)."""
    return Draft(
        "GetDisplayMessages",
        present(
            id=list(command.message_ids) or None,
            requestId=request_id_of(command_id),
            priority=command.priority or None,
            state=command.state or None,
        ),
    )


def clear_2x(command: ClearDisplayMessage, _: str) -> Draft:
    """2.x ClearDisplayMessage (O05)."""
    return Draft("ClearDisplayMessage", {"id": command.message_id})


_CONTENT = carries("format language content")
_CARRIED = carries(
    "requestId tbc",
    messageInfo=carries(
        "id priority state startDateTime endDateTime transactionId display.name display.evse.id",
        message=_CONTENT,
        messageExtra=_CONTENT,
    ),
)

DISPLAYS = Capability(
    inbound=(
        stored(
            "NotifyDisplayMessages",
            spelled(v2x=reported_2x),
            carried=spelled(v2x=_CARRIED),
            needs=spelled(v2x="requestId"),
        ),
    ),
    outbound=(
        Outbound(command=SetDisplayMessage, to=spelled(v201=set_201, v21=set_21)),
        Outbound(command=GetDisplayMessages, to=spelled(v2x=get_2x), outcome=spelled(v2x=by_answer)),
        Outbound(command=ClearDisplayMessage, to=spelled(v2x=clear_2x), outcome=spelled(v2x=by_answer)),
    ),
)
