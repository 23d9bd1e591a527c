"""Logs as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated

import msgspec

from schemas.base import Timestamp
from schemas.diagnostics import LONGEST_LOCATION, LogChanged, LogStatus, LogType
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class AskForLog(Asking, frozen=True, kw_only=True):
    """Which log a station is to upload, where to, and how the command travels."""

    type: Annotated[LogType, msgspec.Meta(description="DataCollectorLog: OCPP 2.1 only.")] = "DiagnosticsLog"
    since: Annotated[Timestamp | None, msgspec.Meta(description="Null: from the oldest entry.")] = None
    until: Annotated[Timestamp | None, msgspec.Meta(description="Null: to the newest entry.")] = None
    location: Annotated[
        str,
        msgspec.Meta(
            max_length=LONGEST_LOCATION,
            description="Where the station uploads it (HTTP, HTTPS, FTP ...). Empty: here, from where it can be downloaded.",
            examples=[""],
        ),
    ] = ""
    retries: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=100)] | None, msgspec.Meta(description="Null: as the station decides.")
    ] = None
    retry_interval_s: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None, msgspec.Meta(description="Null: as the station decides.")
    ] = None


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """A log that a station was asked for, as it is now. `log` is its id here: that of the command.

    `detail`: the station's word, where the status does not say it. `file`: its name, as the station gave it. `size` (bytes) and
    `sha256` are of the file that is stored here, 0 and empty where none is.
    """

    log: str
    station: str
    type: LogType | str
    status: LogStatus | str
    detail: str
    file: str
    place: str
    size: int
    sha256: str
    requested_at: dt.datetime
    requested_by: str
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class AskedLog(msgspec.Struct, frozen=True, kw_only=True):
    """A log, and the command that asked the station for it, with its outcome."""

    log: Log
    command: CommandView


class LogFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which logs; None does not filter."""

    station: str | None = None
    status: str | None = None


ALL_LOGS = LogFilter()


def log_of(record: LogChanged) -> Log:
    """The record as the API gives it."""
    members = {name: getattr(record, name) for name in Log.__struct_fields__}
    return Log(**members | {"size": record.size or 0})
