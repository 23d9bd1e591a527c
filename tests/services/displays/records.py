"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

from schemas.base import Due, Record
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
from schemas.states.displays import StationDisplays
from schemas.transactions import SessionChanged
from services.displays.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"
HOUR = 3600


def asked(command_id: str = "m1", *, seconds: float = 0, **changes: Any) -> CommandRequested:
    """A message with the number 7."""
    return requested(command_id, SetDisplayMessage(**{"text": "Hello", "message_id": 7} | changes), seconds)


def cleared(command_id: str = "c1", *, seconds: float = 60, number: int = 7) -> CommandRequested:
    return requested(command_id, ClearDisplayMessage(message_id=number), seconds)


def read(command_id: str = "g1", *, seconds: float = 60, **changes: Any) -> CommandRequested:
    return requested(command_id, GetDisplayMessages(**changes), seconds)


def requested(command_id: str, command: Any, seconds: float) -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=command,
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(
    command_id: str = "m1",
    outcome: Any = "accepted",
    *,
    seconds: float = 1,
    command: str = "SetDisplayMessage",
    **changes: Any,
) -> CommandSettled:
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "sent": True}
    return CommandSettled(**members | {"command": command, "outcome": outcome, "settled_at": at(seconds)} | changes)


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


class Station:
    """A station whose records reach the core, in the order given; keeps all that the core said."""

    def __init__(self, *records: Record) -> None:
        self.state: StationDisplays = initial(STATION)
        self.said: list[DisplayMessageChanged] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record)
        self.said += [output for output in outputs if isinstance(output, DisplayMessageChanged)]
        return outputs

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=moment))

    @property
    def messages(self) -> dict[str, DisplayMessageChanged]:
        """The newest snapshot of each message."""
        return {change.display_message: change for change in self.said}

    @property
    def one(self) -> DisplayMessageChanged:
        (only,) = self.messages.values()
        return only
