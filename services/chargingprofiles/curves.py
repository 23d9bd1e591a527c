"""Curves: limits over the seconds from a moment on, and what several of them allow together. PURE.

A curve is a step function that begins at second 0: (second, rate), in the order of the seconds; a rate of None is no limit there.
Moments between two seconds are rounded so that the lesser limit holds in the whole second.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import NamedTuple

from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod

Rate = Decimal | None
Curve = tuple[tuple[int, Rate], ...]
Span = tuple[int, int, Rate]
"""From a second to another, and the limit between them."""
Convert = Callable[[Decimal, ChargingSchedule, SchedulePeriod], Decimal]
"""Makes a limit of a period one in the unit of the curve."""

UNLIMITED: Curve = ((0, None),)
TENTH = Decimal("0.1")
BELIEVED = Decimal(1_000_000_000)
"""No EV and no limit is greater, in W, A or Wh."""

SECOND = timedelta(seconds=1)
REPEATS_S = {"Daily": 86_400, "Weekly": 604_800}
CELLS = 256
"""A curve of more steps is read on so many equal parts of its time, each with the least limit in it."""


def constant(rate: Rate) -> Curve:
    """The same limit at all times."""
    return ((0, rate),)


def rounded(rate: Decimal) -> Decimal:
    """Limits have one digit after the point (2.x, ChargingSchedulePeriodType); the next one below counts, up to what is believed."""
    return min(max(rate, Decimal(0)), BELIEVED).quantize(TENTH, rounding=ROUND_FLOOR)


def lesser(one: Rate, other: Rate) -> Rate:
    """Of two limits the one that allows less."""
    return other if one is None else one if other is None else min(one, other)


def least(curves: Iterable[Curve]) -> Curve:
    """What all of them allow."""
    found = UNLIMITED
    for curve in curves:
        found = _together(found, curve, lesser)
    return found


def first_of(curves: Iterable[Curve]) -> Curve:
    """At each time the first that says a limit then."""
    found = UNLIMITED
    for curve in curves:
        found = _together(found, curve, lambda above, below: below if above is None else above)
    return found


def _together(one: Curve, other: Curve, pick: Callable[[Rate, Rate], Rate]) -> Curve:
    first, second, found = 0, 0, list[tuple[int, Rate]]()
    for at in sorted({at for at, _ in (*one, *other)}):
        while first + 1 < len(one) and one[first + 1][0] <= at:
            first += 1
        while second + 1 < len(other) and other[second + 1][0] <= at:
            second += 1
        found.append((at, pick(one[first][1], other[second][1])))
    return compact(found)


def compact(curve: Iterable[tuple[int, Rate]]) -> Curve:
    """The curve without steps that change nothing."""
    found = list[tuple[int, Rate]]()
    for at, rate in curve:
        if not found or found[-1][1] != rate:
            found.append((at, rate))
    return tuple(found)


def spans(curve: Curve, until: int) -> Iterator[Span]:
    """(begin, end, rate) of each step before a second."""
    ends = [at for at, _ in curve[1:]]
    for (begin, rate), end in zip(curve, [*ends, until], strict=True):
        if begin < until:
            yield begin, min(end, until), rate


def of_few_steps(curve: Curve, most: int, until: int) -> Curve:
    """The curve with so many steps at most, nowhere above what it was; the steps go that cost the least energy."""
    steps = list(spans(curve if len(curve) <= CELLS else _on_cells(curve, until), until))
    while len(steps) > most:
        _, place = min((_lost(one, other), place) for place, (one, other) in enumerate(pairwise(steps)))
        (begin, _, rate), (_, end, other) = steps[place : place + 2]
        steps[place : place + 2] = [(begin, end, lesser(rate, other))]
    return compact((begin, rate) for begin, _, rate in steps)


def _lost(one: Span, other: Span) -> Decimal:
    """What two steps allow less where they are one; where one of them has no limit, more than anything."""
    (begin, middle, first), (_, end, second) = one, other
    if first is None or second is None:
        return Decimal(0) if first == second else Decimal("Infinity")
    return (first - second) * (middle - begin) if first > second else (second - first) * (end - middle)


def _on_cells(curve: Curve, until: int) -> Curve:
    width = -(-until // CELLS)
    cells: dict[int, Rate] = {}
    for begin, end, rate in spans(curve, until):
        for cell in range(begin // width, (end - 1) // width + 1):
            cells[cell] = lesser(cells[cell], rate) if cell in cells else rate
    return compact((cell * width, rate) for cell, rate in sorted(cells.items()))


# -- profiles as curves -----------------------------------------------------------------------------------------------


class Frame(NamedTuple):
    """The seconds that a curve is of: from a moment on, so many. `convert` makes the limits of profiles those of the curve."""

    at: datetime
    until: int
    convert: Convert


def of_profile(profile: ChargingProfile, frame: Frame, started_at: datetime | None = None) -> Curve:
    """What a profile allows. One that begins with the transaction or its charging is read as begun at either."""
    begun = [timedelta(0), *([] if started_at is None else [started_at - frame.at])]
    curve = least(
        least(_laid(schedule, frame, offset) for offset in begun)
        if profile.kind == "Relative"
        else _of_schedule(schedule, profile, frame)
        for schedule in profile.schedules
    )
    begins = 0 if profile.valid_from is None else _below(profile.valid_from - frame.at)
    ends = frame.until if profile.valid_to is None else _above(profile.valid_to - frame.at)
    return _within(curve, begins, ends, frame.until)


def of_schedule(schedule: ChargingSchedule, frame: Frame, said_at: datetime) -> Curve:
    """What the schedule of a limit allows, which begins when it says so, else when it was said."""
    if schedule.local_time:
        return constant(_most_careful(schedule, frame))
    return _laid(schedule, frame, (schedule.start_at or said_at) - frame.at)


def _of_schedule(schedule: ChargingSchedule, profile: ChargingProfile, frame: Frame) -> Curve:
    """Where nothing tells when it begins, its least limit holds."""
    if schedule.start_at is None or schedule.local_time or profile.kind == "Dynamic":
        return constant(_most_careful(schedule, frame))
    offset = schedule.start_at - frame.at
    if profile.recurrency is None:
        return _laid(schedule, frame, offset)
    return _repeated(schedule, frame, offset, timedelta(seconds=REPEATS_S[profile.recurrency]))


def _repeated(schedule: ChargingSchedule, frame: Frame, offset: timedelta, every: timedelta) -> Curve:
    """It holds again every day or week, also before its first start, of which nothing is known then."""
    first = offset % every - every
    rounds = range(-(-(timedelta(seconds=frame.until) - first) // every))
    return least(
        _within(
            _laid(schedule, frame, first + number * every),
            _below(first + number * every),
            _above(first + (number + 1) * every),
            frame.until,
        )
        for number in rounds
    )


def _laid(schedule: ChargingSchedule, frame: Frame, offset: timedelta) -> Curve:
    """The periods of a schedule that begins `offset` after second 0."""
    found = list[tuple[int, Rate]]()
    before: Rate = None
    for period in schedule.periods:
        rate = _limit(schedule, period, frame)
        found.append((_moment(offset + timedelta(seconds=period.start_s), before, rate), rate))
        before = rate
    if schedule.duration_s is not None:
        found.append((_above(offset + timedelta(seconds=schedule.duration_s)), None))
    return _from_zero(found, frame.until)


def _from_zero(steps: list[tuple[int, Rate]], until: int) -> Curve:
    """Steps from second 0 on; before the first there is no limit, and one that is later than the next gives way to it."""
    rates: dict[int, Rate] = {0: None}
    last = 0
    for at, rate in steps:
        last = max(last, min(max(at, 0), until))
        rates[last] = rate
    return compact(sorted((at, rate) for at, rate in rates.items() if at < until or at == 0))


def _within(curve: Curve, begins: int, ends: int, until: int) -> Curve:
    """The curve where it is valid; no limit before and after."""
    if ends <= max(begins, 0):
        return UNLIMITED
    window: Curve = tuple({0: None, max(begins, 0): Decimal(0), ends: None}.items())
    found = _together(window, curve, lambda valid, rate: None if valid is None else rate)
    return tuple(step for step in found if step[0] < until)


def _most_careful(schedule: ChargingSchedule, frame: Frame) -> Rate:
    rates = [rate for period in schedule.periods if (rate := _limit(schedule, period, frame)) is not None]
    return min(rates, default=None)


def _limit(schedule: ChargingSchedule, period: SchedulePeriod, frame: Frame) -> Rate:
    told = [limit for limit in (period.limit, period.limit_l2, period.limit_l3) if limit is not None]
    return rounded(frame.convert(min(told), schedule, period)) if told else None


def _moment(offset: timedelta, before: Rate, after: Rate) -> int:
    """The second from which a limit holds: one that allows less holds in the whole second in which it begins."""
    less = before is None or (after is not None and after < before)
    return _below(offset) if less else _above(offset)


def _below(offset: timedelta) -> int:
    return offset // SECOND


def _above(offset: timedelta) -> int:
    return -(-offset // SECOND)
