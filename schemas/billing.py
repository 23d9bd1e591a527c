"""Billing: charge detail records, immutable and versioned, and the running cost that stations display."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo, Timestamp
from schemas.command import StationCommand, about
from schemas.stationcosts import StationCost
from schemas.tariffs import Dimension, Price, Tariff
from schemas.topic import BILLS_KEPT_S, Topic
from schemas.transactionlimits import NO_LIMIT, TransactionLimit
from schemas.transactions import SessionChanged, SessionStatus

Use = Literal["charging", "parking", "withheld"]
"""How a connected vehicle spends time: energy flows; the vehicle takes none; the station gives none (which is not billed as time)."""

Unrated = Literal["", "no-tariff", "energy-unknown", "too-long", "times-impossible"]
"""Why a session has no price; empty where it has one."""


# -- issued records, on csms.cdrs -------------------------------------------------------------------------------------


class CostLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cost of one dimension in one period.

    `volume` is in kWh, in seconds, or 1 for FLAT; `billed` is the volume after rounding up by `step_size`. `element` is the index of
    the tariff's element. Costs have four decimals; only the total is rounded to the currency.
    """

    dimension: Dimension
    element: int
    price: Decimal
    vat: Decimal | None = None
    volume: Decimal
    billed: Decimal
    cost: Price


class ChargingPeriod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time with constant prices (OCPI ChargingPeriod); it ends where the next begins.

    `exported_wh` is what the vehicle gave back in it (OCPI ENERGY_EXPORT), beside `energy_wh`, what it took (ENERGY_IMPORT).
    """

    started_at: Timestamp
    ended_at: Timestamp
    use: Use
    energy_wh: Decimal
    lines: tuple[CostLine, ...] = ()
    exported_wh: Decimal = Decimal(0)


class Costs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The total and its parts. All amounts are exact except the total, which is rounded half up to the currency's minor unit; the
    total with VAT is rounded separately, from the exact amount with VAT.

    The parts have four decimals. `adjustment` is what min_price or max_price added or took away, `rounding` the difference between
    the total and the sum of the other members: all six add up. Records before 0.6.0 have no `rounding`.
    """

    total: Price
    flat: Price
    energy: Price
    time: Price
    parking: Price
    adjustment: Price
    rounding: Price | None = None


class CdrIssued(Record, frozen=True, kw_only=True, tag="cdr-issued"):
    """A charge detail record; never changed once issued. `version` counts the records of its session.

    A correction is two records: a credit of the old one (`credit`, `credits` names it, its amounts are negative) and the
    next version (`replaces` names the old one). Costs are absent where `unrated` has the reason; that does not mean free.
    `issued_at` is the time of the last fact it is made of (half a second later where expected readings did not arrive), independent
    of their order. `approximate`: there were more readings than are remembered, and some in between were dropped. `estimated`: the
    station has not reported the end, it is presumed; the record is corrected when it is reported. `stopped_reason` is 2.x
    ReasonEnumType, `stopped_detail` the station's own word where that differs. `started_at` and `ended_at` are never impossible
    times: the time of arrival is used instead. `station_tariff` and `station_cost` are what the station computed itself (2.1, I12): they
    do not change the bill. `energy_wh` is what the vehicle took, `exported_wh` what it gave back: no component of a tariff prices that,
    and it is not taken off what it took.
    """

    id: str
    session: str
    station: str
    version: int
    credit: bool = False
    credits: str = ""
    replaces: str = ""
    transaction_id: str = ""
    evse: int | None = None
    connector: int | None = None
    site: str = ""
    token: IdToken | None = None
    status: SessionStatus = "ended"
    started_at: Timestamp
    ended_at: Timestamp
    time_zone: str
    meter_start_wh: Decimal | None = None
    meter_stop_wh: Decimal | None = None
    energy_wh: Decimal | None = None
    charging_s: Decimal = Decimal(0)
    parking_s: Decimal = Decimal(0)
    tariff: str = ""
    tariff_version: int | None = None
    currency: str = ""
    unrated: Unrated = ""
    costs: Costs | None = None
    periods: tuple[ChargingPeriod, ...] = ()
    approximate: bool = False
    anomalies: tuple[str, ...] = ()
    estimated: bool = False
    stopped_reason: str = ""
    stopped_detail: str = ""
    issued_at: Timestamp
    station_tariff: str = ""
    station_cost: StationCost | None = None
    export_start_wh: Decimal | None = None
    export_stop_wh: Decimal | None = None
    exported_wh: Decimal | None = None


class CorrectionQuarantined(Record, frozen=True, kw_only=True, tag="correction-quarantined"):
    """A session changed that was billed too long ago to be corrected, on csms.quarantine: its bill stays as it is.

    The record has the session as it is now, for an operator to settle. `changed_at` is our time of the change.
    """

    id: str
    station: str
    session: str
    transaction_id: str = ""
    evse: int | None = None
    status: SessionStatus = "ended"
    started_at: Timestamp
    ended_at: Timestamp | None = None
    energy_wh: Decimal | None = None
    changed_at: Timestamp


# -- state of services/billing, per station ---------------------------------------------------------------------------


class Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The energy register at a moment of the meter: microseconds since 1970, and tenths of a milliwatt hour."""

    us: int
    units: int


class DatedSample(msgspec.Struct, frozen=True, array_like=True):
    """A sample in states of form 1."""

    at: Timestamp
    wh: Decimal


class ChargingStateMark(msgspec.Struct, frozen=True, array_like=True):
    """The charging state that the station reported, from this moment on (OCPP 2.x ChargingStateEnumType)."""

    at: Timestamp
    state: str


class FlowMark(msgspec.Struct, frozen=True, array_like=True):
    """From this moment on power flows by the meter, or less than 100 W."""

    at: Timestamp
    flows: bool


class SessionUsage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The course of a session: the register at one measurement location (`rank` 0 is best), and marks.

    `samples` is the register in states of form 1. `power_at` is the time of the newest reading of power. `exported` is the register of
    the energy that the vehicle gave back, at the location of `export_rank`.
    """

    register: tuple[Sample, ...] = ()
    samples: tuple[DatedSample, ...] = ()
    rank: int = 99
    states: tuple[ChargingStateMark, ...] = ()
    flows: tuple[FlowMark, ...] = ()
    power_at: Timestamp | None = None
    thinned: bool = False
    exported: tuple[Sample, ...] = ()
    export_rank: int = 99


class CostAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A CALL that waits for the cost of its session: the id of its answer, the address, and the limit that the answer says besides."""

    decision: str
    reply_to: ReplyTo
    limit: TransactionLimit = NO_LIMIT


class BilledSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One session in the state of billing.

    `heard_at` is our time of its newest fact, `readings_at` the meter's time of its newest reading of any kind; `issue_at` is set
    while an ended session waits for readings that its snapshot includes, or a presumed one for its end; `cdr` is the last record
    issued, `tariff` the tariff that rated it, `cost_published` the cost by the last SessionCosted. `asked` is a CALL that waits for
    the cost. `saying` are records that are decided and not sent yet: they are sent at `say_at`, after the state was saved, so that a
    crash cannot decide differently under the same ids.
    `began_heard_at` and `end_heard_at` are our times of the facts that set its present begin and end, `presumed_at` the time at
    which its end was presumed. `text_told` is a digest of the tariff in words that the driver was shown last; `price_told` and
    `running_told_at` are about price messages (1.6).
    """

    session: str
    snapshot: SessionChanged | None = None
    usage: SessionUsage = SessionUsage()
    readings_at: Timestamp | None = None
    heard_at: Timestamp
    issue_at: Timestamp | None = None
    saying: tuple[CdrIssued, ...] = ()
    say_at: Timestamp | None = None
    cdr: CdrIssued | None = None
    tariff: Tariff | None = None
    cost_told_at: Timestamp | None = None
    cost_told: Decimal | None = None
    cost_published: Decimal | None = None
    asked: CostAsked | None = None
    began_heard_at: Timestamp | None = None
    end_heard_at: Timestamp | None = None
    presumed_at: Timestamp | None = None
    text_told: str = ""
    price_told: bool = False
    running_told_at: Timestamp | None = None


class ClosedSession(msgspec.Struct, frozen=True, array_like=True):
    """A billed session, packed until a late fact needs it.

    `changed_at` is that of its snapshot, to recognise a repeat; `digest` that of its record, to recognise the record itself when it
    is read back; `kept` is the whole BilledSession as packed by `services/billing`. `estimated`: its end is not reported yet, so it
    is kept longer.
    """

    session: str
    changed_at: Timestamp | None
    digest: str
    kept: bytes
    estimated: bool = False


class StationBilling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/billing` for one station.

    `sessions` are not billed yet in their present form, `closed` are the last billed ones, the newest last; `forgotten` are prefixes
    of the ids of sessions billed longest ago, each with the second of its last change where known. `cost_command` is the last
    CostUpdated sent, `cost_refused_at` when the station turned out not to support it. `said_at` is the latest `say_at` so far: each
    is distinct. `form` is the version of the state's format: form 1 had no closed sessions, and dated samples.
    """

    station: str
    form: int = 1
    sessions: tuple[BilledSession, ...] = ()
    closed: tuple[ClosedSession, ...] = ()
    forgotten: tuple[str, ...] = ()
    cost_command: str = ""
    cost_refused_at: Timestamp | None = None
    said_at: Timestamp | None = None
    price_command: str = ""
    price_refused_at: Timestamp | None = None


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class CostUpdated(StationCommand, frozen=True, kw_only=True):
    """Show the running cost of a transaction at the station (I02); 2.x only."""

    title: ClassVar[str] = "Show the running cost"

    transaction_id: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=36),
        about("Transaction", "The transaction id as the station has it.", example="1234567", picks="transaction"),
    ]
    total_cost: Annotated[Decimal, about("Cost", "In the station's currency, taxes included.", example="12.30")]


CDRS = Topic(
    name="csms.cdrs",
    meaning="Charge detail records: what each session cost, its corrections, and their credits.",
    records=(CdrIssued,),
    retention_s=BILLS_KEPT_S,
)

TOPICS = (CDRS,)
