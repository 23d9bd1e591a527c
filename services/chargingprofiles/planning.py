"""Planning: the schedule that an EV gets for what it needs, within all that is known to limit it (2.x part 2, K15 to K19). PURE.

`plan` is what plans today, for one EV alone. Whatever is to plan better has the same shape (`Planner`) and takes its place in the
wiring (`app.py`): it gets a `Request` and gives a `Plan`, which the core binds to the transaction, sends and follows.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import msgspec

from schemas.chargingneeds import NeedsPolicy
from schemas.chargingschedules import MOST_PERIODS, ChargingSchedule, RateUnit, SchedulePeriod
from services.chargingprofiles.curves import (
    SECOND,
    TENTH,
    Curve,
    compact,
    constant,
    least,
    of_few_steps,
    rounded,
    spans,
)

HORIZON_S, HORIZON_MOST_S = 86_400, 172_800
"""A schedule holds for a day, longer where the EV leaves later, two days at most; then the station's other profiles hold again."""

HOUR_S = 3_600


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be planned. Rates are in `unit`, `watts` being the power of one of them (1 where the unit is W).

    `limits` is what is known to be allowed, over the seconds from `at` on; `most` and `least` what the EV can take, where it can charge
    at all. `energy_wh` is what it still needs, by `departure_at`. `periods_most` is how many periods the schedule may have.
    """

    at: datetime
    unit: RateUnit
    watts: Decimal = Decimal(1)
    limits: Curve
    most: Decimal | None = None
    least: Decimal | None = None
    energy_wh: Decimal | None = None
    departure_at: datetime | None = None
    periods_most: int = MOST_PERIODS
    policy: NeedsPolicy = "fast"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The schedule, and the energy that the EV can have by it until it leaves (None: it did not say when)."""

    schedule: ChargingSchedule
    planned_wh: Decimal | None = None


Planner = Callable[[Request], Plan | None]
"""Makes a plan, or none where nothing is known that could be one. Pure: it is asked again with the same request after a crash."""


def horizon_s(at: datetime, departure_at: datetime | None) -> int:
    """For how long a schedule made at `at` holds."""
    stays = 0 if departure_at is None else (departure_at - at) // SECOND
    return min(max(HORIZON_S, stays), HORIZON_MOST_S)


def plan(asked: Request) -> Plan | None:
    """As much as everything allows, at once; under `level` no more than is needed until the departure.

    Where the periods are too few for all limits, the lesser limit holds longer. None where neither EV nor station has a limit.
    """
    until = horizon_s(asked.at, asked.departure_at)
    allowed = least([asked.limits, constant(None if asked.most is None else rounded(asked.most))])
    if any(rate is None for _, rate in allowed):
        return None
    leaves = _leaves(asked, until)
    levelled = asked.policy == "level" and leaves is not None and asked.energy_wh is not None
    most = max(1, asked.periods_most - 1 if levelled else asked.periods_most)
    curve = of_few_steps(compact((at, _worthwhile(rate, asked.least)) for at, rate in allowed), most, until)
    if levelled and leaves is not None and asked.energy_wh is not None:
        curve = _levelled(curve, asked, leaves, until)
    return Plan(
        schedule=ChargingSchedule(
            unit=asked.unit,
            start_at=asked.at,
            duration_s=until,
            periods=tuple(SchedulePeriod(start_s=begin, limit=rate) for begin, rate in curve),
        ),
        planned_wh=None if leaves is None else energy_wh(curve, leaves, asked.watts),
    )


def energy_wh(curve: Curve, until: int, watts: Decimal) -> Decimal:
    """What a curve allows before a second, in whole Wh."""
    total = sum(((rate or Decimal(0)) * (end - begin) for begin, end, rate in spans(curve, until)), Decimal(0))
    return (total * watts / HOUR_S).quantize(Decimal(1), rounding=ROUND_FLOOR)


def _leaves(asked: Request, until: int) -> int | None:
    """The second of the departure, if it is yet to come."""
    if asked.departure_at is None:
        return None
    seconds = (asked.departure_at - asked.at) // SECOND
    return min(seconds, until) if seconds > 0 else None


def _worthwhile(rate: Decimal | None, least_of_ev: Decimal | None) -> Decimal | None:
    """Below what the EV can charge with, it does not charge."""
    return Decimal(0) if rate is not None and least_of_ev is not None and rate < least_of_ev else rate


def _levelled(curve: Curve, asked: Request, leaves: int, until: int) -> Curve:
    """The curve, until the departure nowhere above the least rate with which the energy is there by then."""
    assert asked.energy_wh is not None
    level = _level(curve, asked.energy_wh * HOUR_S / asked.watts, leaves)
    if level is None:
        return curve
    level = max(level.quantize(TENTH, rounding=ROUND_CEILING), asked.least or Decimal(0))
    if len(curve) >= asked.periods_most:  # there is no period left that could begin at the departure
        return compact((begin, min(rate or Decimal(0), level)) for begin, rate in curve)
    parts = [
        *((begin, min(rate or Decimal(0), level)) for begin, _, rate in spans(curve, leaves)),
        *((max(begin, leaves), rate) for begin, end, rate in spans(curve, until) if end > leaves),
    ]
    return compact(parts)


def _level(curve: Curve, needed: Decimal, leaves: int) -> Decimal | None:
    """The least rate with which so many rate-seconds are had before a second; None where all that is allowed is not enough."""
    parts = sorted((rate or Decimal(0), end - begin) for begin, end, rate in spans(curve, leaves))
    seconds, had = sum(length for _, length in parts), Decimal(0)
    for rate, length in parts:
        if had + rate * seconds >= needed:
            return (needed - had) / seconds
        had += rate * length
        seconds -= length
    return None
