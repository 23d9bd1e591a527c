"""Transactions: charging sessions of all versions in one model, from plug to last meter value."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo, Timestamp
from schemas.quantities import MeterValue, Reading
from schemas.stations import PositiveId

SessionStatus = Literal["active", "ended", "presumed-ended"]
"""`presumed-ended`: the station started another transaction on the same EVSE, so this one is over without a word of its end."""


class Anomaly(StrEnum):
    """What is odd about a session, in one word each; the facts are kept all the same."""

    CLOCK_SUSPECT = "clock-suspect"
    """The station's time is before 2015, ahead of ours, or far behind without a word of having been offline."""

    CLOCK_UNREADABLE = "clock-unreadable"
    """A time of the station could not be read; the gateway's stands in for it."""

    START_MISSING = "start-missing"
    """No start was heard (yet): the session begins with its first known fact."""

    TRANSACTION_UNKNOWN = "transaction-unknown"
    """The end of a transaction that was never given to this station (-1, 0, another station's, long forgotten)."""

    STARTED_TWICE = "started-twice"
    """Two different starts of one transaction; the earlier stands."""

    ENDED_TWICE = "ended-twice"
    """Two different ends of one transaction; the earlier stands."""

    EVSE_MISMATCH = "evse-mismatch"
    """A fact of this transaction named another EVSE or connector than its start."""

    BEGIN_NOT_BELIEVED = "begin-not-believed"
    """The start reading (mostly 0) cannot be right beside what follows; the first believable reading stands for it."""

    REGISTER_BACKWARDS = "register-backwards"
    """The energy register ran backwards within what this session had charged; first and last reading count."""

    REGISTER_RESET = "register-reset"
    """The energy register fell below where this session began; what was charged before and after is added."""

    REGISTER_DIP = "register-dip"
    """One energy reading fell and the next stood as high as before; the one in between does not count."""

    REGISTER_JUMP = "register-jump"
    """The energy register rose faster than any charger can charge; the jump does not count."""

    REGISTER_ERRATIC = "register-erratic"
    """The energy register turned more often than is remembered; the energy is an estimate."""

    INTERVAL_LATE = "interval-late"
    """An interval came later than is remembered; it is recorded, but not added to the energy."""

    QUARANTINED = "quarantined"
    """Some meter values could not be believed; they are on csms.quarantine."""

    CROWDED_OUT = "crowded-out"
    """The station has more running transactions than are remembered; the longest silent is presumed ended."""


# -- facts from the gateway, on csms.transactions ---------------------------------------------------------------------


class TransactionReported(Record, frozen=True, kw_only=True, tag="transaction-reported"):
    """StartTransaction, StopTransaction or TransactionEvent, in 2.x vocabulary.

    1.6: Start is `Started` without `transaction_id` (the CSMS gives it), Stop is `Ended` with it; `seq_no` is None;
    `meter_wh` is meterStart or meterStop. 2.x: `meter_wh` is None, all readings are in `meter_values`.
    `at` is the station's time (the gateway's where the station's cannot be read: `at_source` says so).
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
    offline: bool = False
    remote_start_id: int | None = None
    reservation_id: int | None = None
    meter_wh: Decimal | None = None
    meter_values: tuple[MeterValue, ...] = ()
    at: Timestamp
    at_source: Literal["station", "gateway"] = "station"
    reply_to: ReplyTo
    received_at: Timestamp


class MeterValuesReported(Record, frozen=True, kw_only=True, tag="meter-values-reported"):
    """MeterValues: of a 1.6 transaction (perhaps one that nobody knows), or of no transaction at all."""

    id: str
    station: str
    evse: int
    transaction_id: str | None = None
    meter_values: tuple[MeterValue, ...]
    received_at: Timestamp


# -- the decision, to the gateway's route -----------------------------------------------------------------------------


class TransactionDecided(Record, frozen=True, kw_only=True, tag="transaction-decided"):
    """The answer to a transaction message that asks about no token: it is kept, and what the session costs where that is known.

    `total_cost` includes taxes where the tariff knows them; `running`: it is the cost so far, not the last word.
    """

    id: str
    station: str
    reply_to: ReplyTo
    transaction_id: str = ""
    total_cost: Decimal | None = None
    running: bool = False


# -- what the service says --------------------------------------------------------------------------------------------


class SessionChanged(Record, frozen=True, kw_only=True, tag="session-changed"):
    """A charging session as a whole, after a change, on csms.sessions; the newest `revision` stands for all before.

    Energies and power are absent where no reading tells them, never zero. `anomalies` are the words of `Anomaly`.
    `charging_state_at` is the station's time of the fact that told the charging state; absent where none did.
    `awaits_cost` is where the CALL that caused the change waits for an answer, which billing gives; absent where it has one.
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
    changed_at: Timestamp


class SignedReading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A signed meter value to the letter (OCMF, EDL, ...): evidence, never parsed as a number."""

    at: Timestamp
    text: str
    measurand: str
    context: str = "Sample.Periodic"
    location: str = "Outlet"


class MeterValuesRecorded(Record, frozen=True, kw_only=True, tag="meter-values-recorded"):
    """Normalised readings, on csms.meter-values. `session` is empty where no session is known for them.

    `id` comes from the content: the same values heard again have the same id.
    """

    id: str
    station: str
    session: str = ""
    evse: int | None = None
    transaction_id: str = ""
    readings: tuple[Reading, ...]
    signed: tuple[SignedReading, ...] = ()
    received_at: Timestamp


class MeterValueQuarantined(Record, frozen=True, kw_only=True, tag="meter-value-quarantined"):
    """The values of a meter value that cannot be believed, as they came, with the reason, on csms.quarantine."""

    id: str
    station: str
    session: str = ""
    evse: int | None = None
    transaction_id: str = ""
    reason: str
    meter_value: MeterValue
    received_at: Timestamp


# -- state of services/transactions, per station ----------------------------------------------------------------------


class Point(msgspec.Struct, frozen=True):
    """A value at a moment of the meter."""

    at: Timestamp
    value: Decimal


class EnergyAccount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a session's energy: enough to work it out whatever order its facts come in.

    `told_*` are meterStart and meterStop, `begin` and `end` the readings of that context, `points` the turning points of
    the register (two while it only rises). `rank` tells where the readings were taken, 0 is best. `suspect` jumped.
    """

    told_start: Point | None = None
    told_stop: Point | None = None
    begin: Point | None = None
    end: Point | None = None
    points: tuple[Point, ...] = ()
    rank: int = 99
    suspect: Point | None = None
    erratic: bool = False
    interval_wh: Decimal | None = None
    interval_rank: int = 99
    interval_times: tuple[Timestamp, ...] = ()
    interval_forgotten: Timestamp | None = None


class SessionState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One session as remembered. `seen` are digests of the facts last applied; `start_key` is a start's content.

    `first_at` and `last_at` are the station's times of its first and last moment known, `heard_at` is ours of its first fact.
    """

    session: str
    transaction_id: str
    start_key: str = ""
    evse: int | None = None
    connector: int | None = None
    token: IdToken | None = None
    token_rank: int = 99
    token_at: Timestamp | None = None
    start_at: Timestamp | None = None
    first_at: Timestamp
    last_at: Timestamp
    heard_at: Timestamp | None = None
    end_at: Timestamp | None = None
    stopped_reason: str = ""
    superseded: bool = False
    charging_state: str = ""
    charging_state_at: Timestamp | None = None
    charging_state_seq: int = -1
    remote_start_id: int | None = None
    reservation_id: int | None = None
    offline: bool = False
    energy: EnergyAccount = EnergyAccount()
    power: Point | None = None
    soc: Point | None = None
    last_meter_at: Timestamp | None = None
    anomalies: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    revision: int = 0
    changed_at: Timestamp | None = None


class ForgottenSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stays of a session that is over and no longer remembered whole: enough to know a late fact as its own."""

    session: str
    transaction_id: str
    start_key: str = ""
    started_at: Timestamp
    ended_at: Timestamp


class StationTransactions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/transactions` for one station: its running and its last sessions."""

    station: str
    sessions: tuple[SessionState, ...] = ()
    forgotten: tuple[ForgottenSession, ...] = ()


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class RemoteStart(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="RemoteStart"
):
    """Start a transaction from afar. 2.x needs a `remote_start_id`: derived from the command where the caller gives none."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]
    token_type: str = "Central"
    evse: PositiveId | None = None
    remote_start_id: int | None = None


class RemoteStop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="RemoteStop"):
    """Stop a transaction from afar, by the id that the station and we share."""

    transaction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]
