"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

from schemas.authorization import IdToken
from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.reservations import (
    CancelReservation,
    ReservationChanged,
    ReservationStatusReported,
    ReserveNow,
)
from schemas.states.reservations import StationReservations
from schemas.transactions import SessionChanged
from services.reservations.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"
HOUR = 3600


def asked(command_id: str = "r1", *, seconds: float = 0, until: float = HOUR, **changes: Any) -> CommandRequested:
    """A reservation by CARD on EVSE 1, for an hour, with the number 7."""
    members = {"token": "CARD", "evse": 1, "reservation_id": 7, "expires_at": at(until)} | changes
    return _requested(command_id, ReserveNow(**members), seconds)


def cancelled(command_id: str = "c1", *, seconds: float = 60, number: int = 7) -> CommandRequested:
    return _requested(command_id, CancelReservation(reservation_id=number), seconds)


def _requested(command_id: str, command: Any, seconds: float) -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=command,
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(
    command_id: str = "r1",
    outcome: str = "accepted",
    *,
    seconds: float = 1,
    command: str = "ReserveNow",
    **changes: Any,
) -> CommandSettled:
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "sent": True}
    return CommandSettled(**members | {"command": command, "outcome": outcome, "settled_at": at(seconds)} | changes)


def session(name: str = "s1", *, seconds: float = 120, token: str | None = "CARD", **changes: Any) -> SessionChanged:
    members: dict[str, Any] = {
        "id": f"session-{name}-{seconds}",
        "session": name,
        "station": STATION,
        "revision": 1,
        "transaction_id": f"tx-{name}",
        "evse": 1,
        "token": None if token is None else IdToken(value=token, type="ISO14443"),
        "status": "active",
        "started_at": at(seconds),
        "changed_at": at(seconds + 1),
    }
    return SessionChanged(**members | changes)


def reported(status: str = "Expired", *, seconds: float = HOUR, number: int = 7) -> ReservationStatusReported:
    return ReservationStatusReported(
        id=f"reported-{status}-{seconds}",
        station=STATION,
        reservation_id=number,
        status=status,
        received_at=at(seconds),
    )


class Station:
    """A station whose records reach the core, in the order given; keeps all that the core said."""

    def __init__(self, *records: Record) -> None:
        self.state: StationReservations = initial(STATION)
        self.said: list[ReservationChanged] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record)
        self.said += [output for output in outputs if isinstance(output, ReservationChanged)]
        return outputs

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=moment))

    @property
    def reservations(self) -> dict[str, ReservationChanged]:
        """The newest snapshot of each reservation."""
        return {change.reservation: change for change in self.said}

    @property
    def one(self) -> ReservationChanged:
        (only,) = self.reservations.values()
        return only

    def statuses(self) -> list[str]:
        return [change.status for change in self.said]
