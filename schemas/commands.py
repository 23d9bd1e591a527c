"""Commands: the request of a command to a station, its dispatch, its delivery report and its one outcome.

The base class of commands and the annotations of their members: `schemas/command.py`.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import OcppVersion, Record, Timestamp, empty_object, null
from schemas.batteries import RequestBatterySwap
from schemas.billing import CostUpdated
from schemas.certificates import DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.command import StationCommand, about
from schemas.configuration import GetConfiguration, SetConfiguration
from schemas.customers import CustomerInformation
from schemas.datatransfer import DataTransfer
from schemas.der import ClearDERControl, GetDERControl, SetDERControl
from schemas.devicemodel import GetBaseReport, GetReport
from schemas.diagnostics import GetLog
from schemas.displays import ClearDisplayMessage, GetDisplayMessages, SetDisplayMessage
from schemas.firmware import PublishFirmware, UnpublishFirmware, UpdateFirmware
from schemas.limits import NO_LIMITS, StationLimits
from schemas.locallists import GetLocalListLimits, GetLocalListVersion, SendLocalList
from schemas.monitoring import (
    AdjustPeriodicEventStream,
    ClearVariableMonitoring,
    GetMonitoringReport,
    GetPeriodicEventStream,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
)
from schemas.networkprofiles import SetNetworkProfile
from schemas.payments import NotifyWebPaymentStarted
from schemas.pricemessages import ShowFinalCost, ShowRunningCost, ShowUserPrice
from schemas.profilecommands import (
    AFRRSignal,
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    NotifyAllowedEnergyTransfer,
    SetChargingProfile,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from schemas.reservations import CancelReservation, ReserveNow
from schemas.signing import CertificateSigned
from schemas.stationcommands import ChangeAvailability, ClearCache, Reset, TriggerMessage, UnlockConnector
from schemas.stationtariffs import ChangeTransactionTariff, ClearTariffs, GetTariffs, SetDefaultTariff
from schemas.topic import DAY_S, Topic
from schemas.transactions import RemoteStart, RemoteStop
from schemas.transactionstatus import GetTransactionStatus

Outcome = Literal["accepted", "partial", "rejected", "unsupported", "timed_out", "disconnected", "expired", "cancelled"]
"""The outcome of a command; each command has exactly one. `partial`: the station accepted some of the requested items and not others."""


class ItemOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A station's result for one item of a command.

    `name` as commands name the item (a key; Component.Variable; a monitor's or a tariff's id), `status` as the station sent it,
    `reason` its reason code.
    """

    name: str
    status: str
    reason: str = ""


class RawCall(StationCommand, frozen=True, kw_only=True):
    """Any action of the station's own version, with its payload as it is sent; validated by the gateway."""

    title: ClassVar[str] = "Raw OCPP message"

    action: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=64),
        about("Action", "As the station's version spells it.", example="ClearCache"),
    ]
    payload: Annotated[
        msgspec.Raw, about("Payload", "A JSON object, valid by the schema of the action.", example={})
    ] = msgspec.field(default_factory=empty_object)


Command = (
    RemoteStart
    | RemoteStop
    | Reset
    | UnlockConnector
    | ChangeAvailability
    | TriggerMessage
    | ClearCache
    | GetTransactionStatus
    | DataTransfer
    | GetConfiguration
    | SetConfiguration
    | GetBaseReport
    | GetReport
    | SetNetworkProfile
    | SetVariableMonitoring
    | ClearVariableMonitoring
    | SetMonitoringBase
    | SetMonitoringLevel
    | GetMonitoringReport
    | AdjustPeriodicEventStream
    | GetPeriodicEventStream
    | CostUpdated
    | UpdateFirmware
    | PublishFirmware
    | UnpublishFirmware
    | InstallCertificate
    | GetInstalledCertificates
    | DeleteCertificate
    | CertificateSigned
    | ReserveNow
    | CancelReservation
    | SendLocalList
    | GetLocalListVersion
    | GetLocalListLimits
    | GetLog
    | SetDisplayMessage
    | GetDisplayMessages
    | ClearDisplayMessage
    | SetDefaultTariff
    | GetTariffs
    | ClearTariffs
    | ChangeTransactionTariff
    | NotifyWebPaymentStarted
    | ShowUserPrice
    | ShowRunningCost
    | ShowFinalCost
    | CustomerInformation
    | SetChargingProfile
    | ClearChargingProfile
    | GetChargingProfiles
    | GetCompositeSchedule
    | UsePriorityCharging
    | UpdateDynamicSchedule
    | AFRRSignal
    | NotifyAllowedEnergyTransfer
    | SetDERControl
    | GetDERControl
    | ClearDERControl
    | RequestBatterySwap
    | RawCall
)
"""The canonical commands, the same for every version, and the raw one."""


# -- requests, on csms.commands ---------------------------------------------------------------------------------------


class CommandRequested(Record, frozen=True, kw_only=True, tag="command-requested"):
    """A command to a station is requested. `id` is the command's id.

    `expires_at`: it is not sent after that time. `when_offline`: wait for the station until then, or fail at once. `priority`: 0 is
    sent before 9; equal priorities in order of request. `timeout_s`: how long the station may take to answer. `credential_hash`: the
    hash of the password that the command sets for the station's connection (`schemas.credentials`).
    """

    id: str
    station: str
    command: Command
    requested_at: Timestamp
    expires_at: Timestamp
    priority: Annotated[int, msgspec.Meta(ge=0, le=9)] = 5
    when_offline: Literal["wait", "fail"] = "wait"
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0
    credential_hash: str = ""
    requested_by: str = ""


class CommandCancelled(Record, frozen=True, kw_only=True, tag="command-cancelled"):
    """A command is cancelled. It has no effect once the command was sent to the station."""

    id: str
    station: str
    command_id: str
    requested_at: Timestamp
    requested_by: str = ""


# -- where stations are, on csms.locations (compacted) ----------------------------------------------------------------


class StationLocated(Record, frozen=True, kw_only=True, tag="station-located"):
    """The gateway to which the station is connected (`connected`), or was last. Only a greater `epoch` replaces it."""

    id: str
    station: str
    gateway: str
    epoch: int
    connected: bool
    version: OcppVersion
    at: Timestamp


# -- to one gateway, on csms.gateway.<name> ---------------------------------------------------------------------------


class CommandDispatched(Record, frozen=True, kw_only=True, tag="command-dispatched"):
    """Send this command to the station now, if the connection of `epoch` is still open; report on csms.deliveries either way.

    `limits`: what the station accepts in one message; a larger command is sent in several, and `timeout_s` applies to each of them.
    `credential_hash`: of the password that the command sets, as in CommandRequested.
    """

    id: str
    command_id: str
    station: str
    gateway: str
    epoch: int
    attempt: int
    command: Command
    expires_at: Timestamp
    timeout_s: float
    limits: StationLimits = NO_LIMITS
    credential_hash: str = ""


class ConnectionSuperseded(Record, frozen=True, kw_only=True, tag="connection-superseded"):
    """The station has a newer connection elsewhere: close the one of `epoch`, if it is still open.

    `by_epoch` is the epoch of the newer one: this gateway gives only greater ones from then on, even where its clock is behind.
    """

    id: str
    station: str
    gateway: str
    epoch: int
    by_epoch: int = 0
    at: Timestamp


# -- from the gateway, on csms.deliveries -----------------------------------------------------------------------------


class DeliveryReported(Record, frozen=True, kw_only=True, tag="delivery-reported"):
    """The delivery report on one dispatched command.

    `answered`: the station answered; `outcome` is accepted, partial, rejected or unsupported. `unsupported`: the version has no such
    command, nothing was sent; `invalid`: the payload breaks the version's schema, nothing was sent (`error_description`
    says why). `timed-out`: sent, no answer. `disconnected`: the connection ended after it was sent. `not-here`: nothing was
    sent, the station is not on that connection any more; it can be dispatched to another. `expired`: it expired before it was sent.
    `busy`: nothing was sent, the connection's bounded queue is full, try again later. `not-accepted`: nothing was sent, the
    station's registration does not allow it. `sent`: whether the CALL was written to the connection; null in old records.
    `items` and `reboot_required` are as in CommandSettled.
    """

    id: str
    command_id: str
    station: str
    gateway: str
    epoch: int
    attempt: int
    result: Literal[
        "answered",
        "unsupported",
        "invalid",
        "not-accepted",
        "timed-out",
        "disconnected",
        "not-here",
        "expired",
        "busy",
    ]
    outcome: Outcome | None = None
    response: msgspec.Raw = msgspec.field(default_factory=null)
    error_code: str = ""
    error_description: str = ""
    items: tuple[ItemOutcome, ...] = ()
    reboot_required: bool = False
    sent: bool | None = None
    at: Timestamp


# -- the end, on csms.outcomes ----------------------------------------------------------------------------------------


class CommandSettled(Record, frozen=True, kw_only=True, tag="command-settled"):
    """The one outcome of a command. `response` is the station's own payload where it answered, else null.

    `stopped_transaction` is the transaction that a remote stop was meant to end, `queried_transaction` that whose status was asked for.
    `items`: the result of each requested item, where the
    answer has them. `reboot_required`: the change takes effect after a reboot. `sent`: whether the CALL was written to the station's
    connection; null where unknown. `command` is the command's name (`ReserveNow`), empty in old records: by it readers recognise the
    outcomes they need, even before they have read the request.
    """

    id: str
    command_id: str
    station: str
    command: str = ""
    outcome: Outcome
    stopped_transaction: str = ""
    queried_transaction: str = ""
    response: msgspec.Raw = msgspec.field(default_factory=null)
    error_code: str = ""
    detail: str = ""
    items: tuple[ItemOutcome, ...] = ()
    reboot_required: bool = False
    sent: bool | None = None
    settled_at: Timestamp


# -- changes of passwords, on csms.credentials ------------------------------------------------------------------------


class CredentialReported(Record, frozen=True, kw_only=True, tag="credential-reported"):
    """A command sets another password for the station's connection, and its result (A01.FR.03 and 04).

    `asked`: the station may receive it at any moment. `changed`: the station accepted it. `unchanged`: it did not, or never received
    it. `unknown`: it did not answer, or applies it at its next reboot. `password_hash`: see `schemas.credentials`.
    """

    id: str
    station: str
    command_id: str
    password_hash: str
    status: Literal["asked", "changed", "unchanged", "unknown"]
    at: Timestamp


CREDENTIALS_KEPT_S = 10 * 365 * DAY_S
"""Passwords may be in use for as long as their station; without these records a replay of `stations` would restore an older one."""

LOCATIONS = Topic(
    name="csms.locations",
    meaning="To which gateway each station is connected, with the connection's epoch.",
    records=(StationLocated,),
    retention_s=None,
)
COMMANDS = Topic(
    name="csms.commands",
    meaning="Commands to stations, requested by operators and services.",
    records=(CommandRequested, CommandCancelled),
)
DELIVERIES = Topic(
    name="csms.deliveries",
    meaning="The gateway's delivery report on each dispatched command.",
    records=(DeliveryReported,),
)
CREDENTIALS = Topic(
    name="csms.credentials",
    meaning="New passwords that commands set at stations, as hashes, and their results.",
    records=(CredentialReported,),
    retention_s=CREDENTIALS_KEPT_S,
)
OUTCOMES = Topic(
    name="csms.outcomes",
    meaning="The one outcome of each command.",
    records=(CommandSettled,),
)

TOPICS = (
    LOCATIONS,
    COMMANDS,
    DELIVERIES,
    CREDENTIALS,
    OUTCOMES,
)
