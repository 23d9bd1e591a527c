"""What a session is told, what it asks of its shell, and what it needs of the translation. PURE."""

import datetime as dt
from typing import Literal, Protocol

import msgspec

from gateway.frames import FrameKind
from gateway.ocpp.rows import Answered, Context, Invalid, OutboundCall, Received, Refusal, Unsupported
from schemas.base import OcppVersion, Record
from schemas.commands import Command, DeliveryReported
from schemas.stations import StationSeen
from schemas.wire.faults import Fault


class Identity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The connection: whose it is, which version it speaks, and its place among the connections of its station."""

    station: str
    version: OcppVersion
    gateway: str
    epoch: int
    remote_address: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of every session."""

    unanswered_calls: int
    """CALLs of the station that wait for their answer; beyond it the connection is not read."""
    queued_commands: int
    """Commands that wait behind the one in flight; beyond it they are reported `busy`."""
    remembered_dispatches: int
    """Reports kept, so that a dispatch that comes again repeats its report."""
    decision_s: float
    """How long a service may take for a decision, once the CALL is stored."""
    seen_interval_s: float
    """At most one StationSeen in this time."""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Now: monotonic seconds for deadlines, and the time for records."""

    now: float
    at: dt.datetime


class Waiting(msgspec.Struct, eq=False):
    """A CALL of the station that waits for its answer: the token between `Publish` and `Session.stored`."""

    message_id: str
    action: str
    since: float
    at: dt.datetime
    answer: bytes | Refusal | None
    """What is said once the records are stored; for a CALL that is decided, what is said at the deadline."""
    decided: bool = False
    boots: bool = False
    deadline: float = float("inf")


FrameResult = Literal["ok", "refused", "repeated", "unexpected", "malformed"]


class Heard(msgspec.Struct, frozen=True, gc=False):
    """The frame just received, for the counters and the log. Always the first effect of `received`."""

    kind: FrameKind
    message_id: str
    action: str
    result: FrameResult
    error: str = ""


class Send(msgspec.Struct, frozen=True, gc=False):
    """Write a frame."""

    frame: bytes
    kind: FrameKind
    message_id: str
    action: str
    error: str = ""


class Publish(msgspec.Struct, frozen=True, gc=False):
    """Give records to the bus; say `stored(waiting)` when it has them all. Nobody waits where `waiting` is None."""

    records: tuple[Record, ...]
    waiting: Waiting | None = None


class Report(msgspec.Struct, frozen=True, gc=False):
    """Give a report on a command to the bus."""

    record: DeliveryReported


class Seen(msgspec.Struct, frozen=True, gc=False):
    """Give a sign of life to the bus, if it has room: the next one says the same."""

    record: StationSeen


class Close(msgspec.Struct, frozen=True, gc=False):
    """Close the WebSocket."""

    code: int
    reason: str


class Count(msgspec.Struct, frozen=True, gc=False):
    """Something worth counting that is no frame."""

    what: Literal["late-decision", "fallback", "unstorable"]


class Decided(msgspec.Struct, frozen=True, gc=False):
    """A service's decision came so long after the CALL."""

    after_s: float


Effect = Heard | Send | Publish | Report | Seen | Close | Count | Decided


class Translation(Protocol):
    """What sessions need of `gateway.ocpp.translate`; tests bring their own."""

    def receive(
        self, version: OcppVersion, action: str, message_id: str, payload: bytes, context: Context
    ) -> Received | Refusal:
        """A CALL or SEND of the station."""

    def refusal(self, version: OcppVersion, fault: Fault, description: str) -> Refusal:
        """A CALLERROR, spelled for the version."""

    def unregistered(self, version: OcppVersion, action: str) -> Refusal | None:
        """What a station is told that talks while its registration is pending or rejected; None: what it always is."""

    def answer(self, version: OcppVersion, action: str, decision: Record, now: dt.datetime) -> bytes:
        """The payload for a decision."""

    def boot_status(self, decision: Record) -> str:
        """The registration that a decision on a boot says."""

    def to_call(self, version: OcppVersion, command: Command, command_id: str) -> OutboundCall | Unsupported | Invalid:
        """A command as a CALL."""

    def to_outcome(self, version: OcppVersion, command: Command, payload: bytes) -> Answered:
        """What a CALLRESULT means."""

    def to_outcome_of_error(
        self, version: OcppVersion, command: Command, code: str, description: str, details: bytes
    ) -> Answered:
        """What a CALLERROR means."""
