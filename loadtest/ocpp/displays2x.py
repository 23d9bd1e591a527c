"""The display of a simulated 2.x station: messages are set, reported in parts, cleared, and removed at their end (O01 to O06). PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from loadtest.ocpp.intents import KeepMessages, Reply, Row, Say, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.replies import Request, status

KEPT_AT_MOST, PART = 10, 4
"""Messages that it keeps, and in one NotifyDisplayMessages."""

FORMATS = ("ASCII", "UTF8", "URI", "QRCODE")


class _Content(Request, frozen=True, rename="camel"):
    format: str
    content: str


class _Info(Request, frozen=True, rename="camel"):
    id: int
    priority: str
    message: _Content
    state: str = ""
    end_date_time: datetime | None = None
    transaction_id: str = ""


class _Set(Request, frozen=True, rename="camel"):
    message: msgspec.Raw


class _Get(Request, frozen=True, rename="camel"):
    request_id: int
    id: list[int] = []
    priority: str = ""
    state: str = ""


class _Clear(Request, frozen=True, rename="camel"):
    id: int


def shown(view: View) -> Mapping[int, Payload]:
    """The messages that it still has: none that is over, none whose transaction is (O01.FR.07, O02.FR.02)."""
    return {number: message for number, message in view.messages.items() if _stays(view, message)}


def _stays(view: View, message: Payload) -> bool:
    info = msgspec.convert(message, _Info)
    over = info.end_date_time is not None and info.end_date_time <= datetime.fromisoformat(view.at)
    return not over and (not info.transaction_id or view.charging(info.transaction_id) is not None)


def _set(view: View, request: Any) -> Reply:
    info, message = msgspec.json.decode(request.message, type=_Info), msgspec.json.decode(request.message)
    if info.message.format not in FORMATS:
        return status("NotSupportedMessageFormat")  # O01.FR.03
    if info.state == "Discharging":
        return status("NotSupportedState")  # O01.FR.02
    if info.transaction_id and view.charging(info.transaction_id) is None:
        return status("UnknownTransaction")  # O02.FR.01
    kept = {**shown(view), info.id: message}
    if len(kept) > KEPT_AT_MOST:
        return status("Rejected")  # O01.FR.11
    return status("Accepted", KeepMessages(messages=kept))


def _get(view: View, request: Any) -> Reply:
    found = [
        message
        for number, message in shown(view).items()
        if (not request.id or number in request.id)
        and request.priority in ("", message["priority"])
        and request.state in ("", message.get("state", ""))
    ]
    if not found:
        return status("Unknown")  # O03.FR.06
    parts = [found[start : start + PART] for start in range(0, len(found), PART)]
    told = (
        Message(
            "NotifyDisplayMessages",
            {"requestId": request.request_id, "messageInfo": part, "tbc": number < len(parts) - 1},
        )
        for number, part in enumerate(parts)
    )
    return status("Accepted", Say(messages=tuple(told)))


def _clear(view: View, request: Any) -> Reply:
    there = shown(view)
    if request.id not in there:
        return status("Unknown")  # O05.FR.02
    return status("Accepted", KeepMessages(messages={n: one for n, one in there.items() if n != request.id}))


DISPLAYS_2X: Mapping[str, Row] = {
    "SetDisplayMessage": (_Set, _set),
    "GetDisplayMessages": (_Get, _get),
    "ClearDisplayMessage": (_Clear, _clear),
}
