"""Uses: the use of a session's time: charging, parking, or power withheld by the station. PURE.

A charging state of the station (2.x chargingState, 1.6 StatusNotification) applies from its own time until the next one. Without one
the meter decides. Time is parking where the register rose by less than IDLE_W on average for IDLE_US or longer: it stood still or
crept. There are two exceptions for a register that stands still:

- It counts in whole or tenth kWh (it rises, and all readings between begin and end are such): then it parks only once a step is
  overdue, see `_patience`; or where power readings say that none flows.
- Power readings say all the while that power flows (IDLE_W or more).
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from schemas.billing import ChargingStateMark, FlowMark, SessionUsage, Use
from services.billing.localtime import SECOND_US, micros
from services.billing.money import Rational

UNITS_PER_WH = 10_000
"""Energy is counted in tenths of a milliwatt hour: readings are kept to four decimals of a Wh."""

HOUR_US = 3600 * SECOND_US

IDLE_US = 300 * SECOND_US
"""A shorter standstill may only be a step of the register or a regulation of power."""

IDLE_W = 100
"""Less power is no charging: the least offered to a vehicle is 6 A (IEC 61851-1), 720 W at 120 V; creeping meters, chargers and
sleeping vehicles take less than 100 W."""

KWH = 1000 * UNITS_PER_WH
COARSE_STEP = KWH // 10
"""A register that counts in this step or a greater one may stand still for minutes while a vehicle charges."""

LEAST_CHARGE_W = 1380
"""6 A at 230 V: a charging vehicle takes a whole kWh in 43.5 minutes at most."""

LONGEST_STEP_US = 900 * SECOND_US
"""A step of a tenth of a kWh may take so long: 400 W, less than any vehicle takes for long."""

_USES: dict[str, Use] = {
    "Charging": "charging",
    "EVConnected": "parking",
    "SuspendedEV": "parking",
    "Idle": "parking",
    "SuspendedEVSE": "withheld",
}
"""The use of time by OCPP's ChargingStateEnumType; SuspendedEVSE is not parking."""

_OF_THE_CABLE = frozenset({"EVConnected", "Idle"})
"""Before the start of a session these states belong to the wait for it (1.6 Preparing). A station that sends no other during a whole
session does not report charging."""


Point = tuple[Rational, Rational]
"""Microseconds since 1970, and the energy charged until then."""


class _Span(NamedTuple):
    """From one reading that stood higher than the one before to the next such; the register stood still until `still`."""

    since: int
    still: int
    until: int
    rise: Rational

    def is_below(self, watts: int, step: int) -> bool:
        """It rose, by less than so many W on average; at once by one step of the register at most, or steadily."""
        least = watts * UNITS_PER_WH
        if not 0 < self.rise * HOUR_US < least * (self.until - self.since):
            return False
        return self.rise <= step or self.rise * HOUR_US < 2 * least * (self.until - self.still)


Stretch = tuple[int, int]
_Power = tuple[int, int, bool]


def uses_of(nodes: Sequence[Point], usage: SessionUsage, began: int, ended: int) -> list[tuple[int, Use]]:
    """The use of time from each of these moments on, the first being the begin.

    `nodes` are the energy charged by time, from the begin to the end; none where no energy is known.
    """
    idle = _idle(nodes, usage, began, ended) if _ever_slow(nodes) else []
    if not idle and not usage.states:
        return [(began, "charging")]
    reported = _reported_uses(usage.states, began)
    reported_at, starts = [us for us, _ in reported], [since for since, _ in idle]
    edges = {began, *(us for stretch in idle for us in stretch), *reported_at}
    marks: list[tuple[int, Use]] = []
    for us in sorted(us for us in edges if began <= us <= ended):
        place = bisect_right(reported_at, us) - 1
        use = (reported[place][1] if place >= 0 else None) or _metered_use(idle, starts, us)
        if not marks or marks[-1][1] != use:
            marks.append((us, use))
    return marks


def _reported_uses(states: tuple[ChargingStateMark, ...], began: int) -> list[tuple[int, Use | None]]:
    """The reported uses by time; None for a state without a meaning for time."""
    if all(mark.state in _OF_THE_CABLE for mark in states):
        return []
    return [
        (us, _USES.get(mark.state))
        for mark in states
        if (us := micros(mark.at)) >= began or mark.state not in _OF_THE_CABLE
    ]


def _metered_use(idle: list[Stretch], starts: list[int], us: int) -> Use:
    place = bisect_right(starts, us) - 1
    return "parking" if place >= 0 and us < idle[place][1] else "charging"


def corners(points: Sequence[Point]) -> list[Point]:
    """The points (two or more) without those on a straight line between their neighbours: exactly, without rounding."""
    turning = [points[0]]
    for here, after in pairwise(points[1:]):
        before = turning[-1]
        rise, span = after[1] - before[1], after[0] - before[0]
        if (here[1] - before[1]) * span != rise * (here[0] - before[0]):
            turning.append(here)
    return [*turning, points[-1]]


# -- by the meter -----------------------------------------------------------------------------------------------------


def _ever_slow(nodes: Sequence[Point]) -> bool:
    """Whether the register ever rose by less than IDLE_W between two readings; a fast check, as most never do."""
    least = IDLE_W * UNITS_PER_WH
    since_us: Rational = 0
    since_energy: Rational = -1
    for us, energy in nodes:
        if since_energy >= 0 and (energy - since_energy) * HOUR_US < least * (us - since_us):
            return True
        since_us, since_energy = us, energy
    return False


def _idle(nodes: Sequence[Point], usage: SessionUsage, began: int, ended: int) -> list[Stretch]:
    """The stretches where the register stood still or crept for IDLE_US or longer, without an exception."""
    spans = _spans(corners(nodes))
    step = step_of([sample.units for sample in usage.register if began < sample.us < ended])
    coarse = len(spans) > 1 and step >= COARSE_STEP
    creeping, power = _creeping(spans, step), _power_spans(usage.flows, usage.power_at)
    found: list[Stretch] = []
    for place, span in enumerate(spans):
        if creeping[place]:
            parts = [(span.since, span.until)]
        elif coarse and not (place and creeping[place - 1]):
            parts = _idle_parts(spans, place, power, _patience(spans, place, step))
        else:
            parts = [(span.since, span.still)]
        for since, until in parts:
            if found and found[-1][1] == since:
                found[-1] = (found[-1][0], until)
            elif until > since:
                found.append((since, until))
    return [(a, b) for a, b in found if b - a >= IDLE_US and not _flows_throughout(power, a, b)]


def step_of(inner: Sequence[int]) -> int:
    """The step of the register, by its readings between begin and end: whole kWh, tenths, hundredths, Wh, or less."""
    steps = (KWH // part for part in (1, 10, 100, 1000))
    return next((step for step in steps if inner and all(value % step == 0 for value in inner)), 0)


def _spans(nodes: Sequence[Point]) -> list[_Span]:
    spans: list[_Span] = []
    since = before = nodes[0]
    for node in nodes:
        if node[1] != before[1]:
            spans.append(_Span(int(since[0]), int(before[0]), int(node[0]), node[1] - since[1]))
            since = node
        before = node
    return [*spans, _Span(int(since[0]), int(before[0]), int(before[0]), 0)]


def _creeping(spans: list[_Span], step: int) -> list[bool]:
    """Of each span, whether the register crept in it: by its own average, or by that of the creeping beside it and it together.

    A register that counts steps creeps by one step more or less from reading to reading.
    """
    creeping = [span.is_below(IDLE_W, step) for span in spans]
    if not any(creeping):
        return creeping
    for places in (range(len(spans)), range(len(spans) - 1, -1, -1)):
        rise: Rational = 0
        span_us = 0
        for place in places:
            span = spans[place]
            rise, span_us = rise + span.rise, span_us + span.until - span.since
            joins = span_us > span.until - span.since and span.is_below(2 * IDLE_W, step)
            creeping[place] |= joins and rise * HOUR_US < IDLE_W * UNITS_PER_WH * span_us
            if not creeping[place]:
                rise, span_us = 0, 0
    return creeping


def _idle_parts(spans: list[_Span], place: int, power: list[_Power], patience: Fraction) -> list[Stretch]:
    """The idle parts of a span of a register with coarse steps: once a step is overdue, all but times with power; before that, only
    times without power."""
    span = spans[place]
    since, until = span.since, span.still
    if until - since <= patience:
        parts = ((a, b) for a, b, flows in power if not flows)
        return [(max(a, since), min(b, until)) for a, b in parts if min(b, until) - max(a, since) >= IDLE_US]
    idle: list[Stretch] = []
    for a, b, flows in power:
        if flows and since < b and a < until:
            idle.append((since, max(a, since)))
            since = b
    return [*idle, (since, until)]


def _patience(spans: list[_Span], place: int, step: int) -> Fraction:
    """How long a register of great steps may stand still while the vehicle charges.

    Half as long again as the slower of the steps before and after took, at most what one takes at LEAST_CHARGE_W.
    """
    longest = max(Fraction(LONGEST_STEP_US), Fraction(step * HOUR_US, LEAST_CHARGE_W * UNITS_PER_WH))
    beside = [spans[near] for near in (place - 1, place + 1) if 0 <= near < len(spans) and spans[near].rise]
    steps = [Fraction(step * (span.until - span.since)) / span.rise for span in beside]
    return max(Fraction(IDLE_US), min(longest, max(steps) * 3 / 2) if steps else longest)


def _power_spans(flows: tuple[FlowMark, ...], power_at: dt.datetime | None) -> list[_Power]:
    """The spans in which power flows, or does not, by the meter; the last one lasts for IDLE_US."""
    marks = [(micros(mark.at), mark.flows) for mark in flows]
    if not marks:
        return []
    last = IDLE_US + (marks[-1][0] if power_at is None else micros(power_at))
    return [(us, following, flowing) for (us, flowing), (following, _) in pairwise([*marks, (last, False)])]


def _flows_throughout(power: list[_Power], since: int, until: int) -> bool:
    """Whether power flowed all the time."""
    return any(a <= since and until <= b for a, b, flows in power if flows)
