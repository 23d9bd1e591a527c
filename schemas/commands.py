"""Commands: what an operator asks of a station, its way there, and its one outcome."""

from typing import Annotated, Literal

import msgspec

from schemas.base import OcppVersion, Record, Timestamp, empty_object, null
from schemas.billing import CostUpdated
from schemas.configuration import GetConfiguration, SetConfiguration
from schemas.datatransfer import DataTransfer
from schemas.firmware import UpdateFirmware
from schemas.stations import ChangeAvailability, Reset, TriggerMessage, UnlockConnector
from schemas.transactions import RemoteStart, RemoteStop

Outcome = Literal["accepted", "rejected", "unsupported", "timed_out", "disconnected", "expired", "cancelled"]
"""How a command ends; exactly one each."""


class RawCall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="RawCall"):
    """Any action of the station's own version, its payload as it will be sent (validated before it leaves)."""

    action: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    payload: msgspec.Raw = msgspec.field(default_factory=empty_object)


Command = (
    RemoteStart
    | RemoteStop
    | Reset
    | UnlockConnector
    | ChangeAvailability
    | TriggerMessage
    | DataTransfer
    | GetConfiguration
    | SetConfiguration
    | CostUpdated
    | UpdateFirmware
    | RawCall
)
"""The canonical commands, the same for every version, and the raw one."""


# -- requests, on csms.commands ---------------------------------------------------------------------------------------


class CommandRequested(Record, frozen=True, kw_only=True, tag="command-requested"):
    """Somebody asks a station for something. `id` is the command's id.

    `expires_at`: not sent after that. `when_offline`: wait for the station until then, or fail at once. `priority`: 0 goes
    before 9; equal priorities go in order. `timeout_s`: how long the station may take to answer.
    """

    id: str
    station: str
    command: Command
    requested_at: Timestamp
    expires_at: Timestamp
    priority: Annotated[int, msgspec.Meta(ge=0, le=9)] = 5
    when_offline: Literal["wait", "fail"] = "wait"
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0
    requested_by: str = ""


class CommandCancelled(Record, frozen=True, kw_only=True, tag="command-cancelled"):
    """Whoever asked no longer wants it. What has already left for the station is not taken back."""

    id: str
    station: str
    command_id: str
    requested_at: Timestamp
    requested_by: str = ""


# -- where stations are, on csms.locations (compacted) ----------------------------------------------------------------


class StationLocated(Record, frozen=True, kw_only=True, tag="station-located"):
    """Which gateway holds the station (`connected`), or held it last. Only a greater `epoch` moves it."""

    id: str
    station: str
    gateway: str
    epoch: int
    connected: bool
    version: OcppVersion
    at: Timestamp


# -- to one gateway, on csms.gateway.<name> ---------------------------------------------------------------------------


class CommandDispatched(Record, frozen=True, kw_only=True, tag="command-dispatched"):
    """Send this to the station now, if the connection of `epoch` still stands; report on csms.deliveries either way."""

    id: str
    command_id: str
    station: str
    gateway: str
    epoch: int
    attempt: int
    command: Command
    expires_at: Timestamp
    timeout_s: float


class ConnectionSuperseded(Record, frozen=True, kw_only=True, tag="connection-superseded"):
    """The station has a newer connection elsewhere: close the one of `epoch`, if it still stands.

    `by_epoch` is the newer one's: where the clock of this gateway is behind, its next connection is to come after that.
    """

    id: str
    station: str
    gateway: str
    epoch: int
    by_epoch: int = 0
    at: Timestamp


# -- from the gateway, on csms.deliveries -----------------------------------------------------------------------------


class DeliveryReported(Record, frozen=True, kw_only=True, tag="delivery-reported"):
    """What became of one dispatched command.

    `answered`: the station answered; `outcome` is accepted, rejected or unsupported. `unsupported`: the version has no such
    thing, nothing was sent; `invalid`: the payload breaks the version's schema, nothing was sent (`error_description`
    says why). `timed-out`: sent, no answer. `disconnected`: the connection ended after it was sent. `not-here`: nothing was
    sent, the gateway does not hold that connection, hand it to whoever does. `expired`: its time was over before it was sent.
    `busy`: nothing was sent, the connection's bounded queue is full, try again later.
    """

    id: str
    command_id: str
    station: str
    gateway: str
    epoch: int
    attempt: int
    result: Literal["answered", "unsupported", "invalid", "timed-out", "disconnected", "not-here", "expired", "busy"]
    outcome: Outcome | None = None
    response: msgspec.Raw = msgspec.field(default_factory=null)
    error_code: str = ""
    error_description: str = ""
    at: Timestamp


# -- the end, on csms.outcomes ----------------------------------------------------------------------------------------


class CommandSettled(Record, frozen=True, kw_only=True, tag="command-settled"):
    """The one outcome of a command. `response` is the station's own payload where it answered, else null."""

    id: str
    command_id: str
    station: str
    outcome: Outcome
    response: msgspec.Raw = msgspec.field(default_factory=null)
    error_code: str = ""
    detail: str = ""
    settled_at: Timestamp


# -- persisted by the service -----------------------------------------------------------------------------------------


class KnownLocation(msgspec.Struct, frozen=True, kw_only=True):
    """The newest connection of a station that `commands` knows of."""

    gateway: str
    epoch: int
    connected: bool


class WaitingCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command that has no outcome yet. `order` counts the requests of its station; `attempts` its dispatches so far."""

    id: str
    command: Command
    expires_at: Timestamp
    priority: int
    order: int
    when_offline: Literal["wait", "fail"]
    timeout_s: float
    attempts: int = 0
    size_bytes: int


class OutstandingCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The command that left for the station and is not reported yet.

    `deadline`: no report is expected after that. `connection_lost`: its connection ended or was superseded. `cancelled`: it
    was cancelled meanwhile, which counts only if the gateway hands it back. `extended`: its deadline was put off once.
    """

    waiting: WaitingCommand
    gateway: str
    epoch: int
    deadline: Timestamp
    connection_lost: bool = False
    cancelled: bool = False
    extended: bool = False


class CommandQueue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `commands` remembers of one station.

    `waiting` is in the order of dispatch. `resume_at`: the gateway was busy, nothing leaves before. `settled` holds the ids of
    commands lately settled, `past_epochs` the connections lately replaced, so that repeats are known.
    """

    station: str
    location: KnownLocation | None = None
    past_epochs: tuple[int, ...] = ()
    waiting: tuple[WaitingCommand, ...] = ()
    outstanding: OutstandingCommand | None = None
    resume_at: Timestamp | None = None
    settled: tuple[str, ...] = ()
    next_order: int = 0
