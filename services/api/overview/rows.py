"""The fleet in figures, as the API and the console read it. PURE."""

import datetime as dt
from decimal import Decimal

import msgspec


class FleetOverview(msgspec.Struct, frozen=True, kw_only=True):
    """The whole fleet in figures. `energy_today_wh`: by meter time, of the UTC day of `at`, stations' registers only.

    `exported_today_wh` is what vehicles gave back on that day.
    """

    at: dt.datetime
    stations_total: int
    stations_connected: int
    connected_by_version: dict[str, int]
    connectors_by_status: dict[str, int]
    faults: int
    sessions_active: int
    sessions_today: int
    power_w: Decimal
    energy_today_wh: Decimal
    exported_today_wh: Decimal = Decimal(0)


class EnergyHour(msgspec.Struct, frozen=True, kw_only=True):
    """Energy charged, and given back, in one UTC hour, by meter time."""

    hour: dt.datetime
    energy_wh: Decimal
    exported_wh: Decimal = Decimal(0)
