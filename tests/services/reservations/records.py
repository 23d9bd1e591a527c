"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

from schemas.authorization import IdToken
from schemas.commands import CommandRequested, CommandSettled
from schemas.reservations import (
    CancelReservation,
    ReservationChanged,
    ReservationStatusReported,
    ReserveNow,
)
from schemas.transactions import SessionChanged
from services.reservations import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at

HOUR = 3600


def asked(command_id: str = "r1", *, seconds: float = 0, until: float = HOUR, **changes: Any) -> CommandRequested:
    """A reservation by CARD on EVSE 1, for an hour, with the number 7."""
    members = {"token": "CARD", "evse": 1, "reservation_id": 7, "expires_at": at(until)} | changes
    return requested(command_id, ReserveNow(**members), seconds)


def cancelled(command_id: str = "c1", *, seconds: float = 60, number: int = 7) -> CommandRequested:
    return requested(command_id, CancelReservation(reservation_id=number), seconds)


def settled(
    command_id: str = "r1",
    outcome: str = "accepted",
    *,
    seconds: float = 1,
    command: str = "ReserveNow",
    **changes: Any,
) -> CommandSettled:
    return outcome_of(command_id, outcome, seconds, command=command, **changes)


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


class Station(Followed):
    """A station with reservations."""

    core, snapshot, by = core, ReservationChanged, "reservation"
    reservations = Followed.newest
