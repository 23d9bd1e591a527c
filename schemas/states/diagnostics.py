"""What `diagnostics` remembers of a station: the logs that were asked for, and what was said of them."""

import msgspec

from schemas.base import Timestamp
from schemas.diagnostics import LogStatus, LogType


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A GetLog command. Its parts are known by `request_id`, but for those of 1.6 GetDiagnostics."""

    command_id: str
    request_id: int
    type: LogType
    requested_at: Timestamp
    requested_by: str = ""


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a GetLog. `file` is the name that the station announces; `sent` is as in CommandSettled."""

    command_id: str
    outcome: str
    detail: str = ""
    file: str = ""
    sent: bool | None = None
    at: Timestamp


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status of an upload; `request_id` is None in 1.6 DiagnosticsStatusNotification, and where the station leaves it out."""

    request_id: int | None = None
    status: str
    detail: str = ""
    at: Timestamp


class File(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that has arrived for a GetLog."""

    command_id: str
    name: str
    place: str
    size: int
    sha256: str
    at: Timestamp


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a log, and the time `at` of the record that made it so."""

    command_id: str
    revision: int
    status: LogStatus
    detail: str = ""
    file: str = ""
    place: str = ""
    at: Timestamp


class StationLogs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `diagnostics` remembers of one station."""

    station: str
    asked: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()
    words: tuple[Word, ...] = ()
    files: tuple[File, ...] = ()
    said: tuple[Said, ...] = ()
