"""What `reports` remembers of a station: what was asked for in parts, what was answered, and which parts have come."""

import msgspec

from schemas.base import Timestamp
from schemas.reports import ReportStatus


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command whose answer comes in parts of `message`, under the number `request_id`."""

    command_id: str
    message: str
    request_id: int
    requested_at: Timestamp
    requested_by: str = ""


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of such a command, or of a raw one whose request was not read yet."""

    command_id: str
    outcome: str
    detail: str = ""
    at: Timestamp


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parts of one report. `seqs`: their numbers as ranges with both ends. `last`: the number of the last part, once it has come."""

    message: str
    request_id: int
    seqs: tuple[tuple[int, int], ...]
    last: int | None = None
    items: int = 0
    first_at: Timestamp
    last_at: Timestamp


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a report, and the time `at` of the record that made it so."""

    command_id: str
    revision: int
    status: ReportStatus
    parts: int = 0
    at: Timestamp


class StationReports(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `reports` remembers of one station. What was waited for until `lapsed_at` is waited for no longer."""

    station: str
    asked: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()
    runs: tuple[Run, ...] = ()
    said: tuple[Said, ...] = ()
    lapsed_at: Timestamp | None = None
