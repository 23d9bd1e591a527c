"""Transactions: charging sessions of all versions in one model, from plug to last meter value."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo, Timestamp
from schemas.quantities import MeterValue, Reading
from schemas.stations import PositiveId

SessionStatus = Literal["active", "ended", "presumed-ended"]
"""`presumed-ended`: the station started another transaction on the same EVSE, so this one is over without a word of its end."""


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
    """The answer to a transaction message that asks about no token: it is kept, nothing more to say."""

    id: str
    station: str
    reply_to: ReplyTo
    transaction_id: str = ""


# -- what the service says --------------------------------------------------------------------------------------------


class SessionChanged(Record, frozen=True, kw_only=True, tag="session-changed"):
    """A charging session as a whole, after a change, on csms.sessions; the newest `revision` stands for all before.

    Energies and power are absent where no reading tells them, never zero. `anomalies` are the words of `Anomaly`.
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
    changed_at: Timestamp


class MeterValuesRecorded(Record, frozen=True, kw_only=True, tag="meter-values-recorded"):
    """Normalised readings, on csms.meter-values. `session` is empty where no session is known for them."""

    id: str
    station: str
    session: str = ""
    evse: int | None = None
    transaction_id: str = ""
    readings: tuple[Reading, ...]
    received_at: Timestamp


class MeterValueQuarantined(Record, frozen=True, kw_only=True, tag="meter-value-quarantined"):
    """A meter value that cannot be believed, whole, with the reason, on csms.quarantine."""

    id: str
    station: str
    session: str = ""
    evse: int | None = None
    transaction_id: str = ""
    reason: str
    meter_value: MeterValue
    received_at: Timestamp


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
