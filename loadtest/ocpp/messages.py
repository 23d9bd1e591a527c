"""The messages of a simulated station, independent of the OCPP version; each dialect turns them into payloads. PURE."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

Payload = dict[str, object]

ConnectorState = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
]
"""OCPP 1.6 ChargePointStatus, the finer of the two vocabularies."""

StopReason = Literal[
    "Local",
    "EVDisconnected",
    "Remote",
    "DeAuthorized",
    "HardReset",
    "SoftReset",
    "UnlockCommand",
    "Other",
    "EnergyLimitReached",
    "TimeLimitReached",
    "SOCLimitReached",
]
"""OCPP 1.6 Reason, which 2.x dialects map up; the last three of a 2.1 station that keeps to a limit."""

PERIODIC, BEGIN, END = "Sample.Periodic", "Transaction.Begin", "Transaction.End"
"""OCPP ReadingContext of the samples."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the meter. `soc_percent` is None where the outlet cannot know it (AC), `exported_wh` where the car gives nothing back.

    `current_a` flows in each of the first `loaded` of the outlet's phases; None: in all. `paused`: the station lets nothing flow.
    """

    at: datetime
    register_wh: int
    power_w: int
    voltage_v: float
    current_a: float
    phases: int
    soc_percent: float | None = None
    context: str = PERIODIC
    exported_wh: int | None = None
    export_power_w: int = 0
    loaded: int | None = None
    paused: bool = False


class Message(msgspec.Struct, frozen=True):
    """One CALL of a station."""

    action: str
    payload: Payload

    def encoded(self) -> bytes:
        """The payload as it goes on the wire."""
        return msgspec.json.encode(self.payload)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The members of a BootNotification that describe the station."""

    vendor: str
    model: str
    serial_number: str
    firmware: str


class Transaction:
    """A charging transaction as its station knows it. 2.x ids are the station's; in 1.6 the CSMS gives them."""

    def __init__(self, *, evse: int, token: str, transaction_id: str | None, meter_start_wh: int) -> None:
        self.evse = evse
        self.token = token
        self.transaction_id = transaction_id
        self.meter_start_wh = meter_start_wh
        self.remote_start_id: int | None = None
        self.began_at: datetime | None = None
        self.served_at: datetime | None = None
        self.limits: Any = None
        self._next_seq_no = 0

    def seq_no(self) -> int:
        """The number of the transaction's next event (2.x E01.FR.07)."""
        number = self._next_seq_no
        self._next_seq_no += 1
        return number


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in a transaction, kept by the station until the CSMS has answered.

    `tariff_id`: of the tariff by which it costs from here on (2.1, I08.FR.22).
    """

    at: datetime
    seq_no: int
    offline: bool = False
    tariff_id: str | None = None


class Started(Fact, frozen=True, kw_only=True):
    """The transaction began; `authorized` with its token, else only plugged in."""

    sample: Sample
    trigger: Literal["Authorized", "CablePluggedIn", "RemoteStart"]
    authorized: bool
    reservation_id: int | None = None


class Authorized(Fact, frozen=True, kw_only=True):
    """The driver was authorised after the start (2.x only)."""

    reservation_id: int | None = None


class StateChanged(Fact, frozen=True, kw_only=True):
    """Energy flows, or the car or the station has paused it (2.x only; in 1.6 a StatusNotification reports this)."""

    state: Literal["Charging", "SuspendedEV", "SuspendedEVSE"]
    sample: Sample


class LimitSet(Fact, frozen=True, kw_only=True):
    """The station confirms what the CSMS limits the transaction to (2.1 only, E16.FR.03)."""

    sample: Sample
    limit: Payload


class TariffChanged(Fact, frozen=True, kw_only=True):
    """The transaction goes on by another tariff (2.1 only, I11.FR.07)."""

    sample: Sample


class ModeChanged(Fact, frozen=True, kw_only=True):
    """The car gives energy back from here on, or takes it again (2.1 only, K01.FR.110)."""

    sample: Sample
    mode: Literal["ChargingOnly", "CentralSetpoint"]


class Measured(Fact, frozen=True, kw_only=True):
    """A periodic meter sample."""

    sample: Sample


class Ended(Fact, frozen=True, kw_only=True):
    """The transaction is over; `cost_details` is what it has cost by the station's tariff (2.1, I12)."""

    sample: Sample
    reason: StopReason
    cost_details: Payload | None = None


AnyFact = Started | Authorized | StateChanged | TariffChanged | LimitSet | ModeChanged | Measured | Ended


class StartAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of the CSMS to a start: the transaction id (1.6 only), and whether the token may charge."""

    transaction_id: str | None
    accepted: bool


class BootAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """The answer to BootNotification, alike in all versions."""

    status: str
    interval: int
    current_time: str


class Dialect(Protocol):
    """One OCPP version: how its messages are spelled. A fact it has no message for gives None.

    `starts_when_plugged`: the transaction begins with the cable (2.x TxStartPoint EVConnected), not with the driver.
    `connector_word`: the status as the version tells it; equal words are not told twice.
    """

    version: str
    subprotocol: str
    chooses_transaction_id: bool
    starts_when_plugged: bool

    def boot(self, identity: Identity, reason: str) -> Message: ...
    def heartbeat(self) -> Message: ...
    def connector_word(self, state: ConnectorState) -> str: ...
    def status(self, evse: int, state: ConnectorState, at: datetime) -> Message: ...
    def authorize(self, token: str) -> Message: ...
    def meter_values(self, evse: int, sample: Sample) -> Message: ...
    def firmware_status(self, status: str, request_id: int | None) -> Message: ...
    def log_status(self, status: str, request_id: int | None) -> Message: ...
    def reservation_expired(self, reservation_id: int) -> Message | None: ...
    def fact(self, fact: AnyFact, transaction: Transaction) -> Message | None: ...
    def authorized(self, payload: bytes) -> bool: ...
    def started(self, payload: bytes) -> StartAnswer: ...


def stamp(at: datetime) -> str:
    """A moment as OCPP writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def present(payload: Payload) -> Payload:
    """Without the absent members: they are left out, never null."""
    return {name: value for name, value in payload.items() if value is not None}


SampledValue = Callable[[str, str, str, str | None, str | None], Payload]


def sampled_values(sample: Sample, one: SampledValue) -> list[Payload]:
    """A sample's values: registers, powers, current and voltage per phase, state of charge where it is known.

    `one` spells (value, measurand, unit, phase, location) for its version.
    """
    values = [one(str(sample.register_wh), "Energy.Active.Import.Register", "Wh", None, "Outlet")]
    if sample.exported_wh is not None:
        values.append(one(str(sample.exported_wh), "Energy.Active.Export.Register", "Wh", None, "Outlet"))
    if sample.context != PERIODIC:
        return values
    values.append(one(str(sample.power_w), "Power.Active.Import", "W", None, "Outlet"))
    if sample.exported_wh is not None:
        values.append(one(str(sample.export_power_w), "Power.Active.Export", "W", None, "Outlet"))
    for number in range(1, sample.phases + 1):
        amps = sample.current_a if sample.loaded is None or number <= sample.loaded else 0.0
        values.append(one(f"{amps:.1f}", "Current.Import", "A", f"L{number}", "Outlet"))
        values.append(one(f"{sample.voltage_v:.1f}", "Voltage", "V", f"L{number}-N", "Outlet"))
    if not sample.phases:
        values.append(one(f"{sample.current_a:.1f}", "Current.Import", "A", None, "Outlet"))
        values.append(one(f"{sample.voltage_v:.1f}", "Voltage", "V", None, "Outlet"))
    if sample.soc_percent is not None:
        values.append(one(f"{sample.soc_percent:.1f}", "SoC", "Percent", None, "EV"))
    return values


def readings_in(sample: Sample) -> int:
    """How many values a sample has in every version."""
    return len(sampled_values(sample, lambda *_: {}))
