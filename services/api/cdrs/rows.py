"""What the API and the console read of money: charge detail records, bills and simulations. PURE."""

import datetime as dt
from decimal import Decimal

import msgspec

from schemas.billing import ChargingPeriod, Costs
from schemas.stationcosts import StationCost
from schemas.transactions import SessionStatus


class Cdr(msgspec.Struct, frozen=True, kw_only=True):
    """A charge detail record, never changed. Costs are None where `unrated` says why: then nothing was free.

    A credit cancels the record that `credits` names and has its amounts with the opposite sign; `replaces` names the
    version before. Sums over all records, credits included, are what is billed. `estimated`: the end is presumed, and the
    record is corrected when the station tells it. `station_tariff` and `station_cost` are what a 2.1 station computed itself; where
    that is another cost, `cost-differs` is among the anomalies, and the bill stays as it is. `exported_wh` is what the vehicle gave back
    (OCPI ENERGY_EXPORT): nothing prices it, and it is not taken off `energy_wh` (OCPI ENERGY_IMPORT).
    """

    id: str
    session: str
    station: str
    version: int
    credit: bool
    credits: str
    replaces: str
    transaction_id: str
    evse: int | None
    connector: int | None
    site: str
    token: str | None
    status: SessionStatus
    started_at: dt.datetime
    ended_at: dt.datetime
    time_zone: str
    meter_start_wh: Decimal | None
    meter_stop_wh: Decimal | None
    energy_wh: Decimal | None
    export_start_wh: Decimal | None
    export_stop_wh: Decimal | None
    exported_wh: Decimal | None
    charging_s: Decimal
    parking_s: Decimal
    tariff: str
    tariff_version: int | None
    currency: str
    unrated: str
    total_excl_vat: Decimal | None
    total_incl_vat: Decimal | None
    costs: Costs | None
    periods: tuple[ChargingPeriod, ...]
    approximate: bool
    anomalies: tuple[str, ...]
    estimated: bool
    stopped_reason: str
    stopped_detail: str
    station_tariff: str
    station_cost: StationCost | None
    issued_at: dt.datetime


class CdrFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which records; None does not filter. `since` <= issued_at < `until`; `token` in any case.

    `current` are those that stand: neither credits nor credited.
    """

    station: str | None = None
    session: str | None = None
    site: str | None = None
    token: str | None = None
    tariff: str | None = None
    currency: str | None = None
    unrated: bool | None = None
    credit: bool | None = None
    current: bool | None = None
    estimated: bool | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


ALL_CDRS = CdrFilter()


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """What a session costs by one version of a tariff, as far as `until`. Costs are None where `unrated` says why."""

    session: str
    tariff: str
    tariff_version: int | None
    currency: str
    time_zone: str
    started_at: dt.datetime
    until: dt.datetime
    energy_wh: Decimal | None
    exported_wh: Decimal | None
    unrated: str
    costs: Costs | None
    periods: tuple[ChargingPeriod, ...]


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """The payment at the station that a session was paid with; `amount` in the currency of its tariff."""

    payment: str
    psp_ref: str
    status: str
    amount: Decimal | None


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What a session costs: `running` while it runs, its newest record once it is over and billed; and how it was paid at its station."""

    session: str
    cdr: Cdr | None
    running: Rated | None
    paid: tuple[Paid, ...] = ()
