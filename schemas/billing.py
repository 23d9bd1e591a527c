"""Billing: what a session costs as charge detail records, immutable and versioned; and the running cost told to stations."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo, Timestamp
from schemas.tariffs import Dimension, Price, Tariff
from schemas.transactions import SessionChanged, SessionStatus

Use = Literal["charging", "parking", "withheld"]
"""How a connected vehicle spends time: energy flows; it takes none; the station gives none (which costs nobody time)."""

Unrated = Literal["", "no-tariff", "energy-unknown", "too-long", "times-impossible"]
"""Why a session has no price; empty where it has one."""


# -- what is issued, on csms.cdrs -------------------------------------------------------------------------------------


class CostLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one dimension costs in one period.

    `volume` is in kWh, in seconds, or 1 for FLAT; `billed` is what of it is charged, more by what `step_size` rounds up.
    `element` is the place of the tariff's element. Amounts are rounded to four decimals.
    """

    dimension: Dimension
    element: int
    price: Decimal
    vat: Decimal | None = None
    volume: Decimal
    billed: Decimal
    cost: Price


class ChargingPeriod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time in which the same prices held (OCPI ChargingPeriod); it ends where the next begins."""

    started_at: Timestamp
    ended_at: Timestamp
    use: Use
    energy_wh: Decimal
    lines: tuple[CostLine, ...] = ()


class Costs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The total, rounded to the currency's minor unit, and what it is made of.

    `adjustment` is what min_price or max_price added or took away: the parts and it make the total.
    """

    total: Price
    flat: Price
    energy: Price
    time: Price
    parking: Price
    adjustment: Price


class CdrIssued(Record, frozen=True, kw_only=True, tag="cdr-issued"):
    """A charge detail record, never changed once issued. `version` counts those of its session.

    A correction is two records: a credit of the old one (`credit`, `credits` names it, its amounts are negative) and the
    next version (`replaces` names the old one). Costs are absent where `unrated` says why; then nothing was free.
    `issued_at` is the time of the last fact it is made of (half a second later where readings were waited for in vain), the
    same whatever order they came in. `approximate`: more readings came than are remembered, some
    were left out between others.
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
    issued_at: Timestamp


# -- state of services/billing, per station ---------------------------------------------------------------------------


class Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The energy register at a moment of the meter: microseconds since 1970, and tenths of a milliwatt hour."""

    us: int
    units: int


class DatedSample(msgspec.Struct, frozen=True, array_like=True):
    """A sample as states of form 1 have it."""

    at: Timestamp
    wh: Decimal


class ChargingStateMark(msgspec.Struct, frozen=True, array_like=True):
    """From this moment on the station says so (OCPP 2.x ChargingStateEnumType)."""

    at: Timestamp
    state: str


class FlowMark(msgspec.Struct, frozen=True, array_like=True):
    """From this moment on the meter says that power flows, or that none does."""

    at: Timestamp
    flows: bool


class SessionUsage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a session's course: the register at one place of measurement (`rank` 0 is best), and marks.

    `samples` is the register as states of form 1 have it.
    """

    register: tuple[Sample, ...] = ()
    samples: tuple[DatedSample, ...] = ()
    rank: int = 99
    states: tuple[ChargingStateMark, ...] = ()
    flows: tuple[FlowMark, ...] = ()
    thinned: bool = False


class CostAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A CALL that waits for what its session costs: the id of its answer, and where that goes."""

    decision: str
    reply_to: ReplyTo


class BilledSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One session as billing remembers it.

    `heard_at` is our time of its newest fact, `readings_at` the meter's of its newest reading of any kind; `issue_at` is set while
    an ended session waits for readings its snapshot has seen; `cdr` is the last one issued, `tariff` what it was rated by.
    `asked` waits for the record to be issued. `saying` is what is decided and not said yet: that waits until `say_at`, by when
    it is saved, so that no crash can decide otherwise under the same ids.
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
    asked: CostAsked | None = None


class ClosedSession(msgspec.Struct, frozen=True, array_like=True):
    """A session that is billed, put away until a late fact names it.

    `changed_at` is its snapshot's, by which a repeat is known; `digest` its record's, by which the echo of it is known;
    `kept` the whole BilledSession as `services/billing` packs it.
    """

    session: str
    changed_at: Timestamp | None
    digest: str
    kept: bytes


class StationBilling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/billing` for one station.

    `sessions` are those that are not billed as they stand, `closed` the last ones that are, the newest last; `forgotten` are
    beginnings of the ids of sessions billed longest ago. `cost_command` is the last CostUpdated sent, `cost_refused_at` when it
    turned out that the station cannot be told costs. `said_at` is the latest `say_at` there was: each is another. `form` says
    how the state is written: in form 1 there were no closed sessions and samples were dated.
    """

    station: str
    form: int = 1
    sessions: tuple[BilledSession, ...] = ()
    closed: tuple[ClosedSession, ...] = ()
    forgotten: tuple[str, ...] = ()
    cost_command: str = ""
    cost_refused_at: Timestamp | None = None
    said_at: Timestamp | None = None


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class CostUpdated(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="CostUpdated"
):
    """Tell the station what its running transaction costs so far, taxes included (I02). 2.x only."""

    transaction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]
    total_cost: Decimal
