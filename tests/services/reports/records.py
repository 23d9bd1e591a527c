"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any, ClassVar

import msgspec

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled, RawCall
from schemas.reports import ReportChanged, ReportPart
from schemas.states.reports import StationReports
from services.reports.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"


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
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=RawCall(action=action, payload=payload),
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(command_id: str = "c1", outcome: str = "accepted", *, seconds: float = 1, **changes: Any) -> CommandSettled:
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "command": "RawCall"}
    return CommandSettled(**members | {"outcome": outcome, "settled_at": at(seconds)} | changes)


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


class Station:
    """One station's state, and every report as it was last published."""

    def __init__(self, *records: Record) -> None:
        self.state: StationReports = initial(STATION)
        self.published: list[ReportChanged] = []
        self.tell(*records)

    @property
    def reports(self) -> dict[str, ReportChanged]:
        """The newest of each report."""
        return {one.report: one for one in self.published}

    def tell(self, *records: Record) -> None:
        for record in records:
            self.state, outputs = step(self.state, record)
            self.published += [each for each in outputs if isinstance(each, ReportChanged)]

    def wait(self, seconds: float) -> None:
        """Let time come to this second: every time that is due until then is told."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.tell(Due(key=STATION, at=moment))
