"""Reports: answers that a station sends in parts, after it has accepted to make them (2.x: `requestId`, `seqNo` and `tbc`).

The command that asks for a report is an `AskedInParts`; the CALL carries `request_id_of(command id)`, and each part of the answer
brings that number back. A noun makes its own record of a part, a `ReportPart` with the things that it carries.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp, derived_id
from schemas.command import StationCommand
from schemas.topic import Topic

ReportStatus = Literal["waiting", "whole", "empty", "refused", "incomplete"]
"""`waiting`: parts are still to come. `empty`: the station has nothing that the request is about, so that no part comes. `refused`: the
station makes no report, or cannot be asked; the outcome of the command says why. `incomplete`: nothing has come for a while, and parts
are missing."""

ENDED: frozenset[ReportStatus] = frozenset({"whole", "empty", "refused", "incomplete"})
"""Nothing more is waited for; a part that comes late still counts."""

ASKED_BY: Mapping[str, str] = {
    "GetBaseReport": "NotifyReport",
    "GetReport": "NotifyReport",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "GetChargingProfiles": "ReportChargingProfiles",
    "GetDisplayMessages": "NotifyDisplayMessages",
    "CustomerInformation": "NotifyCustomerInformation",
    "GetDERControl": "ReportDERControl",
}
"""The messages that stations answer in parts, by the OCPP action that asks for them: raw commands ask for them too."""

REQUEST_ID_MOST = 2_147_483_647


def request_id_of(command_id: str) -> int:
    """The `requestId` of the CALL that carries a command out: positive, of 31 bits, the same for the same command."""
    return int(derived_id(command_id, "request")[:8], 16) % REQUEST_ID_MOST + 1


UNNUMBERED = -1
"""The `seq_no` of parts that the message does not number: they count in the order in which they came."""


class AskedInParts(StationCommand, frozen=True, kw_only=True):
    """A command whose answer, once it is accepted, comes in messages of their own: `brings` names the message."""

    brings: ClassVar[str]


class ReportPart(Record, frozen=True, kw_only=True):
    """One part of a report. `message` names the OCPP message that brings it.

    `seq_no` counts from 0, or is UNNUMBERED where the message has no numbers; the `last` part is the one after which nothing more
    comes (`tbc` false or absent). `deviations` and `further` are as in TransactionReported.
    """

    message: ClassVar[str]

    id: str
    station: str
    request_id: int
    seq_no: int
    last: bool = True
    generated_at: Timestamp | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp

    @property
    def size(self) -> int:
        """How many things the part carries."""
        raise NotImplementedError


# -- what the service says, on csms.report-states ----------------------------------------------------------------------


class ReportChanged(Record, frozen=True, kw_only=True, tag="report-changed"):
    """A report as a whole, after a change; the newest `revision` stands for all before.

    `report` is the id of the command that asked for it. `parts` and `items` count what has come; `missing` are numbers of parts that have
    not, 100 at most, as far as a later part shows that they should have. Parts of the message came from `first_at` to `last_at`.
    """

    id: str
    report: str
    station: str
    revision: int
    message: str
    request_id: int
    status: ReportStatus
    detail: str = ""
    parts: int = 0
    items: int = 0
    missing: tuple[int, ...] = ()
    requested_at: Timestamp
    requested_by: str = ""
    first_at: Timestamp | None = None
    last_at: Timestamp | None = None
    changed_at: Timestamp


REPORT_STATES = Topic(
    name="csms.report-states",
    meaning="Each report that a station makes in parts, as a whole, after every change that matters.",
    records=(ReportChanged,),
)

TOPICS = (REPORT_STATES,)
