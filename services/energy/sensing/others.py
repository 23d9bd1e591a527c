"""Others: what others than the CSMS let a station draw now, by the schedules that it was told of (2.x part 2, K11 to K13). PURE."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from schemas.chargingschedules import ChargingSchedule, SchedulePeriod
from schemas.states.sitesensing import SensedLimit
from services.energy.sensing.places import Spot

LIMITS_MOST = 20
"""Of one station, the newest stay; a limit that was taken back is one too, until newer ones come."""


def kept(limits: Iterable[SensedLimit], one: SensedLimit) -> tuple[SensedLimit, ...]:
    """The limits with one more: of one source and EVSE the newest counts, in whatever order they come."""
    rivals = [each for each in (*limits, one) if (each.source, each.evse) == (one.source, one.evse)]
    others = [each for each in limits if (each.source, each.evse) != (one.source, one.evse)]
    newest = max(rivals, key=lambda each: (each.at, repr(each.schedules)))
    return tuple(sorted((*others, newest), key=lambda each: (each.at, each.source, each.evse))[-LIMITS_MOST:])


def allowed_a(limits: Iterable[SensedLimit], spot: Spot, at: datetime, *, evses: int) -> Decimal | None:
    """The least in A for each phase that all of them together allow an EVSE; None: they say nothing. The station has so many EVSEs.

    What holds for the whole station is shared evenly by its EVSEs in trees.
    """
    found = [
        rate / (evses if limit.evse == 0 else 1)
        for limit in limits
        if limit.evse in (0, spot.evse)
        for schedule in limit.schedules
        if (rate := _rate(schedule, limit.at, at, spot, whole=limit.evse == 0)) is not None
    ]
    return min(found).quantize(Decimal("0.1")) if found else None


def next_change(limits: Iterable[SensedLimit], after: datetime) -> datetime | None:
    """When what they allow changes next."""
    moments = (moment for limit in limits for schedule in limit.schedules for moment in _moments(schedule, limit.at))
    return min((moment for moment in moments if moment > after), default=None)


def _moments(schedule: ChargingSchedule, said_at: datetime) -> Iterator[datetime]:
    start = schedule.start_at or said_at
    for period in schedule.periods:
        yield start + timedelta(seconds=period.start_s)
    if schedule.duration_s is not None:
        yield start + timedelta(seconds=schedule.duration_s)


def _rate(schedule: ChargingSchedule, said_at: datetime, at: datetime, spot: Spot, *, whole: bool) -> Decimal | None:
    start = schedule.start_at or said_at
    if schedule.duration_s is not None and at >= start + timedelta(seconds=schedule.duration_s):
        return None
    begun = [period for period in schedule.periods if start + timedelta(seconds=period.start_s) <= at]
    return _amps(begun[-1], schedule.unit, spot, whole=whole) if begun else None


def _amps(period: SchedulePeriod, unit: str | None, spot: Spot, *, whole: bool) -> Decimal | None:
    told = [limit for limit in (period.limit, period.limit_l2, period.limit_l3) if limit is not None]
    if not told:
        return None
    phases = 3 if whole else min(period.phases or 3, spot.phases)
    return min(told) if unit == "A" else min(told) / (spot.volts * phases)
