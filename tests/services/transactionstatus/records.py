"""Records of sessions, stations and answers, and a station whose records reach the core."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.stations import StationChanged
from schemas.transactions import SessionChanged
from services.transactionstatus.core import due, initial, step
from tests.services.moments import at

STATION = "DE-1"
SILENCE = timedelta(minutes=30)
MINUTE = 60


def session(minutes: float = 0, number: str = "1", **override: Any) -> SessionChanged:
    members = {
        "id": f"s{number}-{minutes}",
        "session": f"session-{number}",
        "station": STATION,
        "revision": 1,
        "transaction_id": f"tx-{number}",
        "status": "active",
        "started_at": at(0),
        "changed_at": at(minutes * MINUTE),
    }
    return SessionChanged(**members | override)


def station(minutes: float = 0, **override: Any) -> StationChanged:
    members = {
        "id": f"station-{minutes}",
        "station": STATION,
        "revision": 1,
        "connected": True,
        "version": "2.0.1",
        "connected_at": at(minutes * MINUTE),
        "changed_at": at(minutes * MINUTE),
    }
    return StationChanged(**members | override)


def answer(query: CommandRequested, minutes: float, outcome: Any = "accepted", **said: Any) -> CommandSettled:
    return CommandSettled(
        id=f"o-{query.id}",
        command_id=query.id,
        station=STATION,
        command="GetTransactionStatus",
        outcome=outcome,
        response=msgspec.Raw(msgspec.json.encode({"messagesInQueue": False} | said)),
        settled_at=at(minutes * MINUTE),
    )


class Station:
    """A station whose records reach the core, with its clock."""

    def __init__(self, *records: Record, silence: timedelta = SILENCE) -> None:
        self.state, self.silence = initial(STATION), silence
        self.asked: list[CommandRequested] = []
        for record in records:
            self.tells(record)

    def tells(self, record: Record) -> list[CommandRequested]:
        self.state, said = step(self.state, record, silence=self.silence)
        self.asked += said
        return said

    @property
    def due_at(self) -> datetime | None:
        return due(self.state, silence=self.silence)

    def passes(self) -> CommandRequested | None:
        """Time goes on to the moment that the core waits for: the question that it asks then."""
        moment = self.due_at
        assert moment is not None, "nothing is waited for"
        said = self.tells(Due(key=STATION, at=moment, sent_at=moment))
        return said[0] if said else None
