"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.diagnostics import GetLog, LogChanged, LogFileStored, LogStatusReported
from schemas.reports import request_id_of
from schemas.states.diagnostics import StationLogs
from services.diagnostics.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"


def asked(command_id: str = "c1", *, seconds: float = 0, **changes: Any) -> CommandRequested:
    command = GetLog(**{"location": "https://logs.example/up", "type": "DiagnosticsLog"} | changes)
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=command,
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(
    command_id: str = "c1", outcome: str = "accepted", *, seconds: float = 1, response: bytes = b"null", **changes: Any
) -> CommandSettled:
    members: dict[str, Any] = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION}
    members |= {"command": "GetLog", "outcome": outcome, "sent": True, "response": msgspec.Raw(response)}
    return CommandSettled(**members | {"settled_at": at(seconds)} | changes)


def word(status: str, *, seconds: float = 5, of: str | None = "c1", detail: str = "") -> LogStatusReported:
    """A status with the number of that command; of None without a number."""
    return LogStatusReported(
        id=f"word-{status}-{seconds}-{of}",
        station=STATION,
        request_id=None if of is None else request_id_of(of),
        status=status,
        detail=detail,
        received_at=at(seconds),
    )


def stored(log: str = "c1", *, seconds: float = 9, name: str = "log.txt", size: int = 700) -> LogFileStored:
    return LogFileStored(
        id=f"file-{log}-{seconds}",
        station=STATION,
        log=log,
        name=name,
        place=f"logs/{log}",
        size=size,
        sha256="ab" * 32,
        stored_at=at(seconds),
    )


class Station:
    """One station's state, and every log as it was last published."""

    def __init__(self, *records: Record) -> None:
        self.state: StationLogs = initial(STATION)
        self.published: list[LogChanged] = []
        self.tell(*records)

    @property
    def logs(self) -> dict[str, LogChanged]:
        """The newest of each log."""
        return {one.log: one for one in self.published}

    def tell(self, *records: Record) -> None:
        for record in records:
            self.state, outputs = step(self.state, record)
            self.published += [each for each in outputs if isinstance(each, LogChanged)]

    def wait(self, seconds: float) -> None:
        """Let time come to this second: every time that is due until then is told."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.tell(Due(key=STATION, at=moment))
