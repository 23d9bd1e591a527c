"""Builders: one record each, every member with a default, one override to tell what a test is about."""

import datetime as dt
from decimal import Decimal
from typing import Any

from schemas.authorization import IdToken
from schemas.commands import CommandSettled
from schemas.sessionlimits import SessionCosted
from schemas.transactionlimits import TransactionLimit
from schemas.transactions import SessionChanged
from tests.services.moments import at

STATION = "DE-BER-0001"
TOKEN = IdToken(value="04a2b3", type="ISO14443")
ENERGY = TransactionLimit(max_energy_wh=Decimal(10_000))


def minute(minutes: float) -> dt.datetime:
    return at(60 * minutes)


def session(minutes: float = 0, *, energy: float | None = None, **changes: Any) -> SessionChanged:
    """The session as it is so many minutes after its start."""
    return SessionChanged(
        **{
            "id": f"s1-{minutes}",
            "session": "s1",
            "station": STATION,
            "revision": int(minutes * 60) + 1,
            "transaction_id": "77",
            "token": TOKEN,
            "status": "active",
            "started_at": minute(0),
            "energy_wh": None if energy is None else Decimal(energy),
            "limit": ENERGY,
            "changed_at": minute(minutes),
        }
        | changes
    )


def ended(minutes: float, **changes: Any) -> SessionChanged:
    return session(minutes, **{"status": "ended", "ended_at": minute(minutes)} | changes)


def costed(cost: str, minutes: float, **changes: Any) -> SessionCosted:
    return SessionCosted(
        **{
            "id": f"costed-{minutes}",
            "station": STATION,
            "session": "s1",
            "token": TOKEN,
            "cost": Decimal(cost),
            "currency": "EUR",
            "at": minute(minutes),
        }
        | changes
    )


def settled(command_id: str, outcome: str, minutes: float, **changes: Any) -> CommandSettled:
    return CommandSettled(
        **{
            "id": f"settled-{command_id}",
            "command_id": command_id,
            "station": STATION,
            "command": "RemoteStop",
            "outcome": outcome,
            "settled_at": minute(minutes),
        }
        | changes
    )
