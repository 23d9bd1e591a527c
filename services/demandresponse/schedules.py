"""Schedules: what events ask of a station over time, the least of them all, and what the station is told of it. PURE.

Limits never exceed the line that an event draws: on the way down a step has the limit of its end, on the way up that of its beginning.
Amperes are for each phase. A station of unknown wiring is reckoned with so that it draws no more than was asked: watts are divided among
three phases, amperes count as watts of one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from schemas.base import derived_id
from schemas.chargingschedules import VOLTAGE, RateUnit
from schemas.demandresponse import DemandTerms
from schemas.states.demandresponse import HeldEvent

PHASES = 3
STEPS_MOST = 8
"""Of one ramp: stations take schedules of few periods."""
TENTH, MILLI = Decimal("0.1"), Decimal("0.001")
"""Parts of a whole are no exact decimals: what they give is rounded to a thousandth, before limits are rounded down."""


class Step(NamedTuple):
    """A limit in one unit, from a moment on."""

    at: datetime
    limit: Decimal


class Curve(NamedTuple):
    """Limits one after the other, from the first step to `ends_at`; before and after that there is none."""

    steps: tuple[Step, ...]
    ends_at: datetime

    @property
    def begins_at(self) -> datetime:
        """When it begins."""
        return self.steps[0].at

    @property
    def least(self) -> Decimal:
        """The lowest limit."""
        return min(step.limit for step in self.steps)

    def at(self, moment: datetime) -> Decimal | None:
        """The limit at a moment; None where there is none."""
        if moment >= self.ends_at:
            return None
        return next((step.limit for step in reversed(self.steps) if step.at <= moment), None)


def ends_at(terms: DemandTerms) -> datetime:
    """When the last of an event is over: the end of its ramp up."""
    return terms.to_at + timedelta(minutes=terms.ramp_up_min)


def asked_of(held: HeldEvent, unit: RateUnit) -> Decimal | None:
    """What the event leaves to the station while it is fully in force; None where that cannot be told."""
    terms = held.terms
    if terms.limit_a is not None:
        amps = (terms.limit_a * held.part).quantize(MILLI)
        limit = amps if unit == "A" else amps * VOLTAGE
    else:
        watts = None if terms.limit_w is None else (terms.limit_w * held.part).quantize(MILLI)
        if terms.percent is not None:
            watts = None if held.baseline_w is None else held.baseline_w * terms.percent / 100
        if watts is None:
            return None
        limit = watts if unit == "W" else _amps(watts)
    if terms.floor_w is None:
        return limit
    return max(limit, terms.floor_w if unit == "W" else _amps(terms.floor_w))


def curve_of(held: HeldEvent, unit: RateUnit, station: str) -> Curve | None:
    """What an event asks of the station over time; None where that cannot be told.

    Ramps begin and end at the station's baseline. Where that is not known, or below the limit, the limit comes at once, and goes at a
    moment of the station's own within the ramp, so that a fleet comes back step by step all the same.
    """
    full = asked_of(held, unit)
    if full is None:
        return None
    terms = held.terms
    top = None if held.baseline_w is None else (held.baseline_w if unit == "W" else _amps(held.baseline_w))
    if top is None or top <= full:
        late = timedelta(seconds=round(terms.ramp_up_min * 60 * _fraction(held.event, station)))
        return Curve((Step(terms.from_at, full),), terms.to_at + late)
    down_s = min(terms.ramp_down_min * 60, int((terms.to_at - terms.from_at).total_seconds()))
    steps = [
        *_ramp(terms.from_at, down_s, top, full, down=True),
        Step(terms.from_at + timedelta(seconds=down_s), full),
        *_ramp(terms.to_at, terms.ramp_up_min * 60, full, top, down=False),
    ]
    ends = ends_at(terms)
    return Curve(tuple(_compact(step for step in steps if step.at < ends)), ends)


def _ramp(begins: datetime, seconds: int, first: Decimal, last: Decimal, *, down: bool) -> Iterable[Step]:
    count = min(-(-seconds // 60), STEPS_MOST)
    for number in range(count):
        place = number + 1 if down else number
        yield Step(begins + timedelta(seconds=seconds * number // count), first + (last - first) * place / count)


def _compact(steps: Iterable[Step]) -> list[Step]:
    """Without steps that change nothing."""
    kept: list[Step] = []
    for step in steps:
        if not kept or step.limit != kept[-1].limit:
            kept.append(step)
    return kept


def _amps(watts: Decimal) -> Decimal:
    return watts / (VOLTAGE * PHASES)


def _fraction(event: str, station: str) -> float:
    """The station's own part, 0 to 1, of a time over which a fleet is spread: the same each time."""
    return int(derived_id(event, station, "spread")[:8], 16) / 2**32


# -- several events ---------------------------------------------------------------------------------------------------


def group_of(curves: Iterable[Curve], at: datetime) -> Curve | None:
    """The least limit of all events that follow each other without a gap; of such groups the first that is not over."""
    for group in _groups(curves):
        if max(curve.ends_at for curve in group) > at:
            return least_of(group)
    return None


def _groups(curves: Iterable[Curve]) -> list[list[Curve]]:
    groups: list[list[Curve]] = []
    until: datetime | None = None
    for curve in sorted(curves, key=lambda each: (each.begins_at, each.ends_at)):
        if until is None or curve.begins_at > until:
            groups.append([])
            until = curve.ends_at
        groups[-1].append(curve)
        until = max(until, curve.ends_at)
    return groups


def least_of(group: Sequence[Curve]) -> Curve:
    """The least of the limits at each moment."""
    moments = sorted({step.at for curve in group for step in curve.steps} | {curve.ends_at for curve in group})
    steps: list[Step] = []
    for moment in moments[:-1]:
        limits = [limit for curve in group if (limit := curve.at(moment)) is not None]
        if not steps or steps[-1].limit != min(limits):
            steps.append(Step(moment, min(limits)))
    return Curve(tuple(steps), moments[-1])


def fitted(curve: Curve, unit: RateUnit, most: int | None) -> Curve:
    """The curve with limits as a station takes them, rounded down, in so many periods at most: the lesser limit holds longer."""
    whole = Decimal(1) if unit == "W" else TENTH
    steps = _compact(Step(step.at, step.limit.quantize(whole, rounding=ROUND_FLOOR)) for step in curve.steps)
    while len(steps) > max(1, most or len(steps)):
        place = min(range(len(steps) - 1), key=lambda number: abs(steps[number].limit - steps[number + 1].limit))
        merged = Step(steps[place].at, min(steps[place].limit, steps[place + 1].limit))
        steps = _compact([*steps[:place], merged, *steps[place + 2 :]])
    return Curve(tuple(steps), curve.ends_at)
