"""Limits: what a station takes in one message, and the security profile that it must not fall below, as its variables tell."""

import msgspec

from schemas.base import Record, Timestamp
from schemas.chargingschedules import RateUnit
from schemas.topic import Topic
from schemas.transactionlimits import LimitKind


class StationLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a station told of itself that limits what may be sent to it; None where it did not.

    `*_items`: how many things one message may name (2.x ItemsPerMessage; 1.6 GetConfigurationMaxKeys); `*_bytes`: how long it may
    be; `monitor_*` are those of SetVariableMonitoring, `unmonitor_*` of ClearVariableMonitoring. `security_profile` is the one in
    use, `network_slots` those that a network profile may have (B09.FR.04 and 05).
    `transaction_limits` are the limits of a transaction that the station keeps to itself (2.1 TxCtrlr.SupportedLimits, E16.FR.12).
    `rate_units` are the units of charging schedules that it takes, W before A; none where it did not say. `schedule_periods`: how many
    periods one of its schedules may have (2.x SmartChargingCtrlr; 1.6, 9.4).
    """

    get_items: int | None = None
    get_bytes: int | None = None
    set_items: int | None = None
    set_bytes: int | None = None
    report_items: int | None = None
    report_bytes: int | None = None
    monitor_items: int | None = None
    monitor_bytes: int | None = None
    unmonitor_items: int | None = None
    unmonitor_bytes: int | None = None
    security_profile: int | None = None
    network_slots: tuple[int, ...] = ()
    transaction_limits: tuple[LimitKind, ...] = ()
    rate_units: tuple[RateUnit, ...] = ()
    schedule_periods: int | None = None


NO_LIMITS = StationLimits()


class StationLimited(Record, frozen=True, kw_only=True, tag="station-limited"):
    """The limits of a station as a whole, after a change; the newest `revision` stands for all before."""

    id: str
    station: str
    revision: int
    limits: StationLimits
    at: Timestamp


STATION_LIMITS = Topic(
    name="csms.station-limits",
    meaning="What each station takes in one message, the security profile that it must not fall below, the limits it keeps to.",
    records=(StationLimited,),
    retention_s=None,
)

TOPICS = (STATION_LIMITS,)
