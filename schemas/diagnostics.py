"""Diagnostics: log files that stations are asked to upload, and what became of each (2.x part 2, N01; 1.6, 5.9; 1.6 security, N01)."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import StationCommand, about
from schemas.facts import FactReported
from schemas.outcomes import is_unanswered
from schemas.topic import Topic

LogType = Literal["DiagnosticsLog", "SecurityLog", "DataCollectorLog"]
"""2.x LogEnumType; DataCollectorLog is of 2.1."""

LogStatus = Literal[
    "requested",
    "accepted",
    "empty",
    "unconfirmed",
    "refused",
    "uploading",
    "uploaded",
    "failed",
    "cancelled",
    "stored",
]
"""`requested`: the station has not answered yet. `empty`: it has nothing to upload. `unconfirmed`: no answer came. `uploaded`: the station
says that it has uploaded the file. `failed`: it says that it could not; `detail` has its word. `cancelled`: it gave this one up for a newer
request (N01.FR.12). `stored`: the file has arrived here."""

OPEN: frozenset[LogStatus] = frozenset({"requested", "accepted", "unconfirmed", "uploading"})
"""The file may still come."""

LONGEST_LOCATION = 512

NOTHING_TO_UPLOAD = frozenset({"nofile", "emptyresultset"})
"""The words, in lower case, of an accepted request after which no file comes."""


def status_answered(outcome: str, detail: str, *, sent: bool | None) -> LogStatus:
    """What a log is by the outcome of its GetLog alone; `sent`: whether the CALL reached the station, None: nobody knows."""
    if outcome == "accepted":
        return "empty" if detail.casefold() in NOTHING_TO_UPLOAD else "accepted"
    if outcome == "cancelled":
        return "cancelled"
    return "unconfirmed" if is_unanswered(outcome, sent=sent) else "refused"


# -- facts from the gateway, on csms.diagnostics ----------------------------------------------------------------------


class LogStatusReported(Record, frozen=True, kw_only=True, tag="log-status-reported"):
    """LogStatusNotification, or 1.6 DiagnosticsStatusNotification, which has no `request_id`: how the upload of a log goes.

    `status` is the station's word. `detail` is what 2.1 says of it. `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    request_id: int | None = None
    status: str
    detail: str = ""
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- files that arrived, on csms.log-files ----------------------------------------------------------------------------


class LogFileStored(Record, frozen=True, kw_only=True, tag="log-file-stored"):
    """A station has uploaded the file of a request. `log` is the id of its GetLog command.

    `place` is where the file lies in the store of files, `name` what the station called it, `size` its bytes, `sha256` their digest.
    """

    id: str
    station: str
    log: str
    name: str
    place: str
    size: int
    sha256: str
    stored_at: Timestamp


# -- what the service says, on csms.log-states ------------------------------------------------------------------------


class LogChanged(Record, frozen=True, kw_only=True, tag="log-changed"):
    """A log that was asked for, as a whole, after a change; the newest `revision` stands for all before.

    `log` is the id of the GetLog command. `detail` is the station's word, where `status` does not say it. `file` is the name that the
    station announced, or gave the file that is stored; `place`, `size` and `sha256` are of the stored file.
    """

    id: str
    log: str
    station: str
    revision: int
    type: LogType
    status: LogStatus
    detail: str = ""
    file: str = ""
    place: str = ""
    size: int | None = None
    sha256: str = ""
    requested_at: Timestamp
    requested_by: str = ""
    ended_at: Timestamp | None = None
    changed_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class GetLog(StationCommand, frozen=True, kw_only=True):
    """Have the station upload a log file.

    1.6: GetDiagnostics for DiagnosticsLog; GetLog of its security extension for SecurityLog. A newer request ends an upload that
    goes on (N01.FR.12).
    """

    title: ClassVar[str] = "Get a log"

    location: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=LONGEST_LOCATION),
        about(
            "Upload to",
            "Where the station uploads it (HTTP, HTTPS, FTP ...).",
            example="https://example.com/logs/DE-BER-0001",
        ),
    ]
    type: Annotated[LogType, about("Which log", "DataCollectorLog: 2.1 only.", example="DiagnosticsLog")] = (
        "DiagnosticsLog"
    )
    since: Annotated[Timestamp | None, about("From", "Empty: from the oldest entry.")] = None
    until: Annotated[Timestamp | None, about("To", "Empty: to the newest entry.")] = None
    retries: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=100)] | None,
        about("Retries", "Empty: as the station decides.", advanced=True),
    ] = None
    retry_interval_s: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None,
        about("Seconds between retries", "Empty: as the station decides.", advanced=True),
    ] = None


DIAGNOSTICS = Topic(
    name="csms.diagnostics",
    meaning="How the uploads of logs go, as stations tell.",
    records=(LogStatusReported, FactReported),
)
LOG_FILES = Topic(
    name="csms.log-files",
    meaning="Log files that stations have uploaded here.",
    records=(LogFileStored,),
)
LOG_STATES = Topic(
    name="csms.log-states",
    meaning="Each log that was asked for, as a whole, after every change.",
    records=(LogChanged,),
)

TOPICS = (DIAGNOSTICS, LOG_FILES, LOG_STATES)
