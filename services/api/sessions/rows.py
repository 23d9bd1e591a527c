"""Sessions, readings and curves as the API and the console read them. PURE."""

import datetime as dt
from decimal import Decimal

import msgspec

from schemas.transactions import SessionStatus
from services.api.history.curves import Point


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A charging session as it is now. Energies and power are None without a reading.

    `stopped_detail` is the station's own word for the reason, where it differs (1.6 `HardReset`). `estimated`: the end is presumed,
    not told by the station: its time, register and energy are those of the last reading, and may still be corrected.
    `resumed_at`: when the station last went on with it after a boot (2.1). `missing_events`: so many 2.x events between the first
    and the last that came have not come; the station is asked for them. `energy_wh` is what the vehicle took, `exported_wh` what it gave
    back (V2X), by registers of its own; neither is taken off the other. `operation_mode`: the newest that a 2.1 station said.
    """

    session: str
    station: str
    transaction_id: str
    evse: int | None
    connector: int | None
    token: str | None
    token_type: str
    status: SessionStatus
    charging_state: str
    operation_mode: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    stopped_reason: str
    stopped_detail: str
    missing_events: int
    resumed_at: dt.datetime | None
    estimated: bool
    meter_start_wh: Decimal | None
    meter_stop_wh: Decimal | None
    energy_wh: Decimal | None
    export_start_wh: Decimal | None
    export_stop_wh: Decimal | None
    exported_wh: Decimal | None
    power_w: Decimal | None
    export_power_w: Decimal | None
    soc_percent: Decimal | None
    last_meter_at: dt.datetime | None
    remote_start_id: int | None
    reservation_id: int | None
    offline: bool
    anomalies: tuple[str, ...]
    changed_at: dt.datetime


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions; None does not filter. `since` <= started_at < `until`; `token` in any case; `search`: part of an id."""

    station: str | None = None
    active: bool | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    token: str | None = None
    search: str | None = None


class MeterReading(msgspec.Struct, frozen=True, kw_only=True):
    """One normalised reading. `at` is the meter's time."""

    id: str
    at: dt.datetime
    measurand: str
    phase: str
    context: str
    location: str
    value: Decimal
    unit: str
    received_at: dt.datetime


class SessionSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A session's curves, each in its own order of time; empty where nothing was measured. Energy counts from the start.

    `exported_wh` and `export_power_w` are what the vehicle gave back.
    """

    energy_wh: tuple[Point, ...]
    power_w: tuple[Point, ...]
    soc_percent: tuple[Point, ...]
    exported_wh: tuple[Point, ...] = ()
    export_power_w: tuple[Point, ...] = ()


ALL_SESSIONS = SessionFilter()
