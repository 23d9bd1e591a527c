"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

from schemas.commands import CommandRequested, CommandSettled
from schemas.displays import (
    ClearDisplayMessage,
    DisplayMessage,
    DisplayMessageChanged,
    DisplayMessagesReported,
    GetDisplayMessages,
    SetDisplayMessage,
)
from schemas.reports import request_id_of
from schemas.transactions import SessionChanged
from services.displays import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at

HOUR = 3600


def asked(command_id: str = "m1", *, seconds: float = 0, **changes: Any) -> CommandRequested:
    """A message with the number 7."""
    return requested(command_id, SetDisplayMessage(**{"text": "Hello", "message_id": 7} | changes), seconds)


def cleared(command_id: str = "c1", *, seconds: float = 60, number: int = 7) -> CommandRequested:
    return requested(command_id, ClearDisplayMessage(message_id=number), seconds)


def read(command_id: str = "g1", *, seconds: float = 60, **changes: Any) -> CommandRequested:
    return requested(command_id, GetDisplayMessages(**changes), seconds)


def settled(
    command_id: str = "m1",
    outcome: Any = "accepted",
    *,
    seconds: float = 1,
    command: str = "SetDisplayMessage",
    **changes: Any,
) -> CommandSettled:
    return outcome_of(command_id, outcome, seconds, command=command, **changes)


def reported(
    *numbers: int, of: str = "g1", seconds: float = 62, last: bool = True, **changes: Any
) -> DisplayMessagesReported:
    return DisplayMessagesReported(
        id=f"part-{of}-{seconds}",
        station=STATION,
        request_id=request_id_of(of),
        last=last,
        messages=tuple(DisplayMessage(message_id=number, text="Hello", **changes) for number in numbers),
        received_at=at(seconds),
    )


def session(status: Any = "ended", *, seconds: float = 120, transaction_id: str = "tx-1") -> SessionChanged:
    return SessionChanged(
        id=f"session-{seconds}",
        session="s1",
        station=STATION,
        revision=1,
        transaction_id=transaction_id,
        status=status,
        started_at=at(0),
        ended_at=at(seconds) if status == "ended" else None,
        changed_at=at(seconds + 1),
    )


class Station(Followed):
    """A station with display messages."""

    core, snapshot, by = core, DisplayMessageChanged, "display_message"
    messages = Followed.newest
