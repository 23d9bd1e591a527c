"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any, ClassVar

import msgspec

from schemas.commands import CommandRequested, CommandSettled, RawCall
from schemas.reports import ReportChanged, ReportPart
from services.reports import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at


class Letters(ReportPart, frozen=True, kw_only=True, tag="test-letters"):
    """A part with some letters."""

    message: ClassVar[str] = "NotifyReport"

    letters: str = "ab"

    @property
    def size(self) -> int:
        return len(self.letters)


def asked(command_id: str = "c1", *, seconds: float = 0, request_id: int = 7) -> CommandRequested:
    """A raw request for the base report."""
    payload = msgspec.Raw(b'{"requestId":%d,"reportBase":"FullInventory"}' % request_id)
    return raw(command_id, "GetBaseReport", payload, seconds=seconds)


def raw(command_id: str, action: str, payload: msgspec.Raw, *, seconds: float = 0) -> CommandRequested:
    return requested(command_id, RawCall(action=action, payload=payload), seconds)


def settled(command_id: str = "c1", outcome: str = "accepted", *, seconds: float = 1, **changes: Any) -> CommandSettled:
    return outcome_of(command_id, outcome, seconds, **{"command": "RawCall"} | changes)


def part(
    seq_no: int = 0, *, last: bool = False, seconds: float = 2, request_id: int = 7, letters: str = "ab"
) -> Letters:
    return Letters(
        id=f"part-{request_id}-{seq_no}-{seconds}",
        station=STATION,
        request_id=request_id,
        seq_no=seq_no,
        last=last,
        letters=letters,
        received_at=at(seconds),
    )


class Station(Followed):
    """A station with reports."""

    core, snapshot, by = core, ReportChanged, "report"
    reports = Followed.newest
