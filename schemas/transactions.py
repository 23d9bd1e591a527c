"""Transactions: facts about transactions of all versions in one vocabulary, and charging sessions."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo, Timestamp, derived_id
from schemas.chargingschedules import ChargingProfile
from schemas.command import Fault, PositiveId, StationCommand, about
from schemas.profilerules import start_faults
from schemas.quantities import MeterValue, Reading
from schemas.stationcosts import StationCost
from schemas.topic import Topic
from schemas.transactionlimits import NO_LIMIT, LimitKind, TransactionLimit, limit_faults

SessionStatus = Literal["active", "ended", "presumed-ended"]
"""`presumed-ended`: the evidence (an anomaly names it) shows that it is over, but the station has not reported its end."""


# -- facts from the gateway, on csms.transactions ---------------------------------------------------------------------


class TransactionReported(Record, frozen=True, kw_only=True, tag="transaction-reported"):
    """StartTransaction, StopTransaction or TransactionEvent, in 2.x vocabulary.

    1.6: Start is `Started` without `transaction_id` (the CSMS gives it), Stop is `Ended` with it; `seq_no` is None;
    `meter_wh` is meterStart or meterStop. 2.x: `meter_wh` is None, all readings are in `meter_values`.
    `at` is the station's time, or the gateway's where the station's cannot be read (`at_source`).
    `stopped_reason` is 2.x ReasonEnumType; `stopped_detail` is the station's own word where that differs (1.6 `HardReset`).
    `deviations` name the rules that were needed to read the message (`schemas.deviations`); empty for a valid one.
    `clock_offset_s` was added to the times of a station whose clock is off by a constant amount; subtract it to get the original.
    `further` has the members that the record does not carry, by their path in the message (`meterValue[0].customData`), as JSON.
    `tariff_id` is the tariff by which a 2.1 station computes the cost from here on, `station_cost` what it has computed (I12).
    `limit` is what the station limits the transaction to, said once for each change (2.1, E16.FR.01, FR.03). `operation_mode` is
    the OperationModeEnumType in effect from here on (2.1, K01.FR.110).
    """

    id: str
    station: str
    event: Literal["Started", "Updated", "Ended"]
    transaction_id: str | None = None
    seq_no: int | None = None
    evse: int | None = None
    connector: int | None = None
    token: IdToken | None = None
    trigger: str = ""
    charging_state: str = ""
    stopped_reason: str = ""
    stopped_detail: str = ""
    offline: bool = False
    remote_start_id: int | None = None
    reservation_id: int | None = None
    phases_used: int | None = None
    cable_max_a: int | None = None
    time_spent_charging_s: int | None = None
    meter_wh: Decimal | None = None
    meter_values: tuple[MeterValue, ...] = ()
    at: Timestamp
    at_source: Literal["station", "gateway"] = "station"
    deviations: tuple[str, ...] = ()
    clock_offset_s: float = 0.0
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp
    tariff_id: str = ""
    station_cost: StationCost | None = None
    limit: TransactionLimit = NO_LIMIT
    operation_mode: str = ""


class FallbackAnswered(Record, frozen=True, kw_only=True, tag="fallback-answered"):
    """A transaction message with a token was answered before its decision arrived, with the status configured for that case."""

    id: str
    station: str
    transaction_id: str
    status: Literal["Accepted", "Invalid"]
    at: Timestamp


class MeterValuesReported(Record, frozen=True, kw_only=True, tag="meter-values-reported"):
    """MeterValues: of a 1.6 transaction (possibly unknown), or of no transaction.

    EVSE 0 is the station as a whole, or an EVSE that the station did not name. `deviations` name the rules that were needed to read
    the message; `further` has the members that the record does not carry, by their path in the message. `clock_offset_s` was added
    to its times.
    """

    id: str
    station: str
    evse: int
    transaction_id: str | None = None
    meter_values: tuple[MeterValue, ...]
    deviations: tuple[str, ...] = ()
    clock_offset_s: float = 0.0
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- the decision, to the gateway's route -----------------------------------------------------------------------------


class TransactionDecided(Record, frozen=True, kw_only=True, tag="transaction-decided"):
    """The answer to a transaction message without a token to authorize: it is stored; with the cost of the session where known.

    `total_cost` includes taxes where the tariff has them; `running`: it is the cost so far, not the final one. `limit` is what the
    station is to keep to (2.1 transactionLimit). `text` is the tariff in words, where the driver was not
    shown it yet (I06).
    """

    id: str
    station: str
    reply_to: ReplyTo
    transaction_id: str = ""
    total_cost: Decimal | None = None
    running: bool = False
    limit: TransactionLimit = NO_LIMIT
    text: str = ""


# -- published by the service -----------------------------------------------------------------------------------------


class SessionChanged(Record, frozen=True, kw_only=True, tag="session-changed"):
    """A charging session as a whole, after a change, on csms.sessions; the newest `revision` replaces all before.

    Energies and power are absent where no reading has them, never zero. `anomalies` are values of `Anomaly`.
    `charging_state_at` is the station's time of the fact with the charging state; absent for none.
    `stopped_detail` is the station's own word for the reason, where it differs. `estimated`: the end is presumed, not reported by
    the station: `ended_at`, `meter_stop_wh` and `energy_wh` are those of the last reading and may still be corrected.
    `station_tariff` and `station_cost` are the newest of what a 2.1 station says of its own tariff and of the cost by it (I12).
    `resumed_at` is when the station last went on with it after a boot (2.1, E17), by its own time.
    `missing_events` is how many 2.x events of it are missing between the first and the last that came, by their sequence numbers.
    `awaits_cost` is the CALL that caused the change, where billing has to answer it; absent where it is answered already: with
    `limit_to_say`, where there is one. `limit` is what it is limited to by its token, its remote start or an operator, `station_limit`
    what its station said it keeps to; `limit_kept` are the members of `limit` that the station keeps to by that.
    `exported_wh` is what the vehicle gave back, by the registers `export_start_wh` and `export_stop_wh` of the energy exported;
    `energy_wh` is what it took: neither is taken off the other. `export_power_w` is the power that it gives back now.
    `operation_mode` is the newest that its station said (2.1 OperationModeEnumType).
    """

    id: str
    session: str
    station: str
    revision: int
    transaction_id: str
    evse: int | None = None
    connector: int | None = None
    token: IdToken | None = None
    status: SessionStatus
    charging_state: str = ""
    charging_state_at: Timestamp | None = None
    started_at: Timestamp
    ended_at: Timestamp | None = None
    stopped_reason: str = ""
    stopped_detail: str = ""
    estimated: bool = False
    meter_start_wh: Decimal | None = None
    meter_stop_wh: Decimal | None = None
    energy_wh: Decimal | None = None
    power_w: Decimal | None = None
    soc_percent: Decimal | None = None
    last_meter_at: Timestamp | None = None
    remote_start_id: int | None = None
    reservation_id: int | None = None
    offline: bool = False
    anomalies: tuple[str, ...] = ()
    awaits_cost: ReplyTo | None = None
    missing_events: int = 0
    resumed_at: Timestamp | None = None
    changed_at: Timestamp
    station_tariff: str = ""
    station_cost: StationCost | None = None
    limit: TransactionLimit = NO_LIMIT
    station_limit: TransactionLimit = NO_LIMIT
    limit_kept: tuple[LimitKind, ...] = ()
    limit_to_say: TransactionLimit = NO_LIMIT
    export_start_wh: Decimal | None = None
    export_stop_wh: Decimal | None = None
    exported_wh: Decimal | None = None
    export_power_w: Decimal | None = None
    operation_mode: str = ""


class SignedReading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A signed meter value, unchanged (OCMF, EDL, ...): evidence, never parsed as a number."""

    at: Timestamp
    text: str
    measurand: str
    context: str = "Sample.Periodic"
    location: str = "Outlet"


class MeterValuesRecorded(Record, frozen=True, kw_only=True, tag="meter-values-recorded"):
    """Normalised readings, on csms.meter-values. `session` is empty where they belong to no known session.

    `id` is derived from the content: the same values received again have the same id.
    """

    id: str
    station: str
    session: str = ""
    evse: int | None = None
    transaction_id: str = ""
    readings: tuple[Reading, ...]
    signed: tuple[SignedReading, ...] = ()
    received_at: Timestamp


class ChargingStateRecorded(Record, frozen=True, kw_only=True, tag="charging-state-recorded"):
    """A charging state that the station reported during a session, on csms.meter-values; however late it arrives, it applies from `at` on.

    `state` is 2.x ChargingStateEnumType: from a TransactionEvent, or from the connector's StatusNotification in 1.6 (Charging,
    SuspendedEV, SuspendedEVSE; Preparing and Finishing are EVConnected). `id` is derived from the content.
    """

    id: str
    station: str
    session: str
    evse: int | None = None
    transaction_id: str = ""
    state: str
    at: Timestamp
    received_at: Timestamp


class MeterValueQuarantined(Record, frozen=True, kw_only=True, tag="meter-value-quarantined"):
    """The implausible values of a meter value, unchanged, with the reason, on csms.quarantine."""

    id: str
    station: str
    session: str = ""
    evse: int | None = None
    transaction_id: str = ""
    reason: str
    meter_value: MeterValue
    received_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class RemoteStart(StationCommand, frozen=True, kw_only=True):
    """Start a transaction with a token, as if it had been shown at the station.

    2.x needs a `remote_start_id`: derived from the command where the caller gives none.
    """

    title: ClassVar[str] = "Start charging"

    token: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=255),
        about("Token", "20 characters in 1.6, 36 in 2.0.1, 255 in 2.1.", example="04A2B3C4D5", picks="token"),
    ]
    token_type: Annotated[str, about("Type of token", "2.x IdTokenEnumType; 1.6 knows none.", advanced=True)] = (
        "Central"
    )
    evse: Annotated[PositiveId | None, about("EVSE", "Empty: the station decides.", example=1, picks="evse")] = None
    remote_start_id: Annotated[
        int | None, about("Remote start id", "Empty: derived from the command's id.", advanced=True)
    ] = None
    profile: Annotated[
        ChargingProfile | None,
        about("Charging profile", "A TxProfile for the transaction that begins (K05).", advanced=True),
    ] = None

    limit: Annotated[
        TransactionLimit | None,
        about(
            "Limit",
            "Of the session that begins (F07): 2.1 stations that can keep to it are told, others are stopped.",
            advanced=True,
        ),
    ] = None

    def faults(self) -> Iterable[Fault]:
        """By K05 and 1.6, 5.16: the profile inside is a TxProfile of no transaction yet."""
        if self.limit is not None:
            yield from limit_faults(self.limit, "limit")
        if self.profile is not None:
            yield from start_faults(self.profile)

    def start_id(self, command_id: str) -> int:
        """The remoteStartId of the command: as given, else positive, of 31 bits, the same for the same command."""
        if self.remote_start_id is not None:
            return self.remote_start_id
        return int(derived_id(command_id, "remote-start")[:8], 16) % (2**31 - 1) + 1


class RemoteStop(StationCommand, frozen=True, kw_only=True):
    """End a running transaction."""

    title: ClassVar[str] = "Stop charging"

    transaction_id: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=36),
        about("Transaction", "The transaction id as the station has it.", example="1234567", picks="transaction"),
    ]

    @property
    def stops(self) -> str:
        """The transaction."""
        return self.transaction_id


TRANSACTIONS = Topic(
    name="csms.transactions",
    meaning="Transaction messages of stations, in 2.x vocabulary.",
    records=(TransactionReported, MeterValuesReported, FallbackAnswered),
)
SESSIONS = Topic(
    name="csms.sessions",
    meaning="Each charging session as a whole, after every change.",
    records=(SessionChanged,),
)
METER_VALUES = Topic(
    name="csms.meter-values",
    meaning="Normalised meter readings, by session where one is known, and charging states of stations.",
    records=(MeterValuesRecorded, ChargingStateRecorded),
)

TOPICS = (
    TRANSACTIONS,
    SESSIONS,
    METER_VALUES,
)
