"""Effects: the inputs of a session, the effects that it returns to its shell, and the interface of the translation. PURE."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from gateway.frames import FrameKind
from gateway.ocpp.rows import Call, Context, Invalid, Late, Part, Received, Refusal, StationAnswer, Unsupported
from schemas.base import OcppVersion, Record, SecurityProfile
from schemas.commands import Command, DeliveryReported
from schemas.limits import NO_LIMITS, StationLimits
from schemas.stations import RegistrationStatus, StationBooted, StationSeen
from schemas.vendoranswers import Vendors
from schemas.wire.faults import Fault


class Identity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The identity of a connection: its station, its OCPP version, and its epoch among the connections of its station."""

    station: str
    version: OcppVersion
    gateway: str
    epoch: int
    remote_address: str = ""
    credential: str = ""
    profile: SecurityProfile = 0
    certificate: str = ""


class Traits(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Traits of a station: its site, its time zone (IANA; empty where unknown), and its rules of the compatibility matrix.

    `vendors` are those whose data transfers are known, the same for all stations.
    """

    time_zone: str = ""
    site: str = ""
    strict: bool = False
    rules: frozenset[str] = frozenset()
    vendors: Vendors = {}


class Hardware(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Vendor, model and firmware of a station by its last boot; empty where unknown."""

    vendor: str = ""
    model: str = ""
    firmware_version: str = ""


UNKNOWN_HARDWARE = Hardware()


def hardware_of(received: Received) -> Hardware | None:
    """The hardware that a boot reports; None where the message is no boot."""
    for record in received.records:
        if isinstance(record, StationBooted):
            return Hardware(vendor=record.vendor, model=record.model, firmware_version=record.firmware_version)
    return None


class TraitsSource(Protocol):
    """Gives the traits of stations. A change of `edition` means that traits returned before may be outdated."""

    edition: int

    def traits(self, station: str, hardware: Hardware | None) -> Traits:
        """The present traits of a station. `hardware` None: it has not booted on this connection, and its last known hardware applies."""


class NoTraits:
    """A source without reference data: all stations have default traits."""

    edition = 0
    _traits = Traits()

    def traits(self, _station: str, _hardware: Hardware | None) -> Traits:
        """The default traits."""
        return self._traits


NO_TRAITS = NoTraits()


class Standing(msgspec.Struct, frozen=True, gc=False):
    """The standing of a station, independent of its connection: its registration, and whether an operator provisioned it.

    `renews`: on this connection it may only renew its certificate, and is Pending at most.
    """

    registration: RegistrationStatus
    provisioned: bool = False
    renews: bool = False


ACCEPTED = Standing("Accepted")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of every session."""

    unanswered_calls: int
    """CALLs of the station that may wait for their answer; at this number the connection is not read."""
    queued_commands: int
    """Commands that may queue behind the one in flight; further ones are reported `busy`."""
    remembered_dispatches: int
    """Number of reports kept, so that a repeated dispatch repeats its report."""
    decision_s: float
    """How long a service may take for a decision, once the CALL is stored."""
    seen_interval_s: float
    """At most one StationSeen in this time."""
    boot_grace_s: float = 0.0
    """How long commands are held on a new connection whose station has sent nothing yet: it may be about to boot."""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """The present: monotonic seconds for deadlines, and the wall-clock time for records."""

    now: float
    at: dt.datetime


class Waiting(msgspec.Struct, eq=False):
    """A CALL of the station that waits for its answer; passed with `Publish`, and back to `Session.on_stored`."""

    message_id: str
    action: str
    since: float
    at: dt.datetime
    answer: bytes | Refusal | None
    """The answer once the records are stored; where a decision answers, the answer at the deadline."""
    awaits_decision: bool = False
    """A service answers, by a decision record. Otherwise `answer` is sent as soon as the records are stored."""
    boots: bool = False
    deadline: float = float("inf")
    silent: bool = False
    """A SEND: it is not answered."""
    late: Late | None = None
    """Makes the answer at the deadline, with its records, instead of `answer`."""


FrameResult = Literal["ok", "refused", "repeated", "unexpected", "malformed"]


class FrameSummary(msgspec.Struct, frozen=True, gc=False):
    """Summary of a received frame, for the counters and the log."""

    kind: FrameKind
    message_id: str
    action: str
    result: FrameResult
    error: str = ""
    bent: str = ""
    """The framing rule that it breaks, if it was understood all the same: `gateway.frames.Bent`."""
    hide: tuple[str, ...] = ()
    """Secrets of the command that it answers, to be hidden: a station may repeat them in its answer."""
    deviations: tuple[str, ...] = ()
    security_event: tuple[str, str] | None = None
    """Type and criticality, where it is a security event."""


class Write(msgspec.Struct, frozen=True, gc=False):
    """Write a frame to the station."""

    frame: bytes
    kind: FrameKind
    message_id: str
    action: str
    error: str = ""
    command_id: str = ""
    """The command of which it is a CALL."""
    hide: tuple[str, ...] = ()
    """Secrets of that command, which a station may repeat in its answer."""


class Publish(msgspec.Struct, frozen=True, gc=False):
    """Publish records; call `Session.on_stored(waiting)` when all are acknowledged, unless `waiting` is None."""

    records: tuple[Record, ...]
    waiting: Waiting | None = None


class Report(msgspec.Struct, frozen=True, gc=False):
    """Publish the report on a command."""

    record: DeliveryReported


class Seen(msgspec.Struct, frozen=True, gc=False):
    """Publish a sign of life, unless the bus is full: another one follows."""

    record: StationSeen


class Close(msgspec.Struct, frozen=True, gc=False):
    """Close the WebSocket."""

    code: int
    reason: str


class Count(msgspec.Struct, frozen=True, gc=False):
    """Count an event of the session that is no frame."""

    what: Literal["late-decision", "fallback", "unstorable"]


class Decided(msgspec.Struct, frozen=True, gc=False):
    """Observe how long after the CALL its decision came."""

    after_s: float


Effect = Write | Publish | Report | Seen | Close | Count | Decided

HandledFrame = tuple[FrameSummary, list[Effect]]
"""What `Session.receive` returns: the summary of the frame, and the effects to carry out."""


class Translation(Protocol):
    """The interface of `gateway.ocpp.translate` to sessions."""

    def receive(
        self, version: OcppVersion, action: str, message_id: str, payload: bytes, context: Context
    ) -> Received | Refusal:
        """Translate a CALL or SEND of the station."""

    def refusal(self, version: OcppVersion, fault: Fault, description: str) -> Refusal:
        """A CALLERROR, spelled for the version."""

    def has_sends(self, version: OcppVersion) -> bool:
        """Whether the version has the message types CALLRESULTERROR (5) and SEND (6)."""

    def is_sent(self, version: OcppVersion, action: str) -> bool:
        """Whether stations send this action by SEND."""

    def unknown_type(self, version: OcppVersion, description: str) -> Refusal | None:
        """The answer to a message type that the version does not have; None: no answer."""

    def unreadable_id(self, version: OcppVersion) -> str | None:
        """The message id of a CALLERROR to a message whose own id cannot be read; None where the version defines none."""

    def unaccepted(
        self, call: Call, received: Received, *, provisioned: bool, triggers: tuple[str, ...] | None
    ) -> Received:
        """The result for a CALL while the station's registration is pending or rejected."""

    def triggered(self, command: Command) -> str:
        """The message that a command triggers; empty where it triggers none."""

    def why_not_sent(self, action: str, registration: RegistrationStatus) -> str:
        """Why a CALL of ours may not go to a station of that registration; empty where it may."""

    def answer(self, version: OcppVersion, action: str, decision: Record, now: dt.datetime) -> bytes:
        """The payload that answers a CALL by a decision."""

    def boot_status(self, decision: Record) -> RegistrationStatus:
        """The registration status in a decision on a boot."""

    def to_calls(
        self, version: OcppVersion, command: Command, command_id: str, limits: StationLimits = NO_LIMITS
    ) -> tuple[Part, ...] | Unsupported | Invalid:
        """A command as CALLs, which are sent one after the other."""

    def joined(self, answers: Sequence[tuple[Part, StationAnswer]], *, of: int) -> StationAnswer:
        """The one answer to a command that was sent in `of` CALLs."""

    def unfinished(self, answers: Sequence[tuple[Part, StationAnswer]], *, of: int) -> StationAnswer | None:
        """What is known of a command of `of` CALLs one of which was not answered."""

    def to_outcome(self, version: OcppVersion, command: Command, payload: bytes) -> StationAnswer:
        """What a CALLRESULT means."""

    def to_outcome_of_error(
        self, version: OcppVersion, command: Command, code: str, description: str, details: bytes
    ) -> StationAnswer:
        """What a CALLERROR means."""
