"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

import msgspec

from schemas.commands import CommandRequested, CommandSettled
from schemas.diagnostics import GetLog, LogChanged, LogFileStored, LogStatusReported
from schemas.reports import request_id_of
from services.diagnostics import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at


def asked(command_id: str = "c1", *, seconds: float = 0, **changes: Any) -> CommandRequested:
    command = GetLog(**{"location": "https://logs.example/up", "type": "DiagnosticsLog"} | changes)
    return requested(command_id, command, seconds)


def settled(
    command_id: str = "c1", outcome: str = "accepted", *, seconds: float = 1, response: bytes = b"null", **changes: Any
) -> CommandSettled:
    given = {"command": "GetLog", "response": msgspec.Raw(response)} | changes
    return outcome_of(command_id, outcome, seconds, **given)


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


class Station(Followed):
    """A station with logs."""

    core, snapshot, by = core, LogChanged, "log"
    logs = Followed.newest
