"""Energy of one session in one direction, by register difference: which readings to keep, and what they add up to. PURE.

The account is a function of the set of readings, not of their order, as long as the register only rises.
"""

from bisect import insort
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from schemas.anomalies import Anomaly
from schemas.clocks import was_never_set
from schemas.quantities import ENERGY_EXPORT, ENERGY_IMPORT, Reading, location_rank
from schemas.states.transactions import EnergyAccount, Point
from services.transactions.meter import MAX_POWER_W

REGISTERS = frozenset({ENERGY_IMPORT, ENERGY_EXPORT})
INTERVALS = frozenset({"Energy.Active.Import.Interval", "Energy.Active.Export.Interval"})
BEGIN = "Transaction.Begin"
END = "Transaction.End"
CLOCK = "Sample.Clock"

SLACK_WH = Decimal(10_000)
"""Apparent jump of a meter that counts in whole kWh, with a clock in whole seconds."""

TOLERANCE_WH = Decimal(100)
"""A register that falls by less was rounded differently (meterStop beside a reading in kWh)."""

ODOMETER_WH = Decimal(100_000)
ODOMETER_POWER_W = Decimal(400_000)
"""A first reading beyond either, behind a begin of exactly 0, is suspected to be the meter's lifetime count ..."""

ODOMETER_FACTOR = 10
"""... and found so where the energy since begin came this many times faster than what followed, ..."""

LIFETIME_WH = Decimal(400_000)
"""... or, where nothing followed, by more than any car takes."""

SMALLEST_REGISTER_WH = Decimal(100_000)
NEARLY_FULL = Decimal("0.99")
"""A register that falls from here to little has run past its last digit; no meter has fewer digits."""

MAX_POINTS = 16
"""Turning points remembered of one session's register."""

MAX_INTERVALS = 200
"""Intervals remembered one by one; what is older counts as added already."""


_HOUR_S = Decimal(3600)


class Energy(NamedTuple):
    """The energy by a session's readings. A value without readings is absent."""

    start_wh: Decimal | None = None
    stop_wh: Decimal | None = None
    energy_wh: Decimal | None = None
    anomalies: frozenset[Anomaly] = frozenset()


# -- adding readings ---------------------------------------------------------------------------------------------------


def add_reading(account: EnergyAccount, reading: Reading) -> EnergyAccount | None:
    """Add one reading to the account of its direction; None where the register jumps implausibly.

    Readings of other measurands change nothing.
    """
    if reading.phase:
        return account
    if reading.measurand in REGISTERS:
        return _add_register(account, reading)
    if reading.measurand in INTERVALS:
        return _add_interval(account, reading)
    return account


def add_meter_start(account: EnergyAccount, point: Point) -> EnergyAccount:
    """Add the meterStart of a start message; of several the earliest counts."""
    return msgspec.structs.replace(account, told_start=_earlier(account.told_start, point))


def add_meter_stop(account: EnergyAccount, point: Point) -> EnergyAccount | None:
    """Add the meterStop of a stop message; of several the earliest counts. None where it jumps implausibly."""
    if _jumped(account, point) and not _follows(account.suspect, point):
        return None
    return msgspec.structs.replace(account, told_stop=_earlier(account.told_stop, point))


def _add_register(account: EnergyAccount, reading: Reading) -> EnergyAccount | None:
    rank = location_rank(reading.location)
    if rank > account.rank:
        return account
    if rank < account.rank:  # only the better location counts
        account = msgspec.structs.replace(account, rank=rank, begin=None, end=None, points=(), suspect=None)
    point = Point(reading.at, reading.value)
    if reading.context == BEGIN:
        return msgspec.structs.replace(account, begin=_earlier(account.begin, point))
    if _jumped(account, point) and not _follows(account.suspect, point):
        return None
    end = _later(account.end, point) if reading.context == END else account.end
    points = _insert(account.points, point)
    if points is account.points and end is account.end:
        return account
    erratic = account.erratic or len(points) > MAX_POINTS
    bounded = points if len(points) <= MAX_POINTS else (points[0], *points[3:])
    account = msgspec.structs.replace(account, points=bounded, end=end, erratic=erratic)
    return account if len(bounded) < 2 else _without_intervals(account)


def _without_intervals(account: EnergyAccount) -> EnergyAccount:
    """Drop the intervals, which are not needed beside a register."""
    if account.interval_wh is None:
        return account
    return msgspec.structs.replace(account, interval_wh=None, interval_rank=99, interval_times=())


def with_suspect(account: EnergyAccount, reading: Reading) -> EnergyAccount:
    """Keep a reading that jumped: if the next one follows from it, the jump was real."""
    return msgspec.structs.replace(account, suspect=Point(reading.at, reading.value))


def is_late_interval(account: EnergyAccount, reading: Reading) -> bool:
    """Whether the interval is older than those kept one by one, so that it may be a repeat."""
    forgotten = account.interval_forgotten
    return forgotten is not None and reading.measurand in INTERVALS and reading.at <= forgotten


def may_follow(account: EnergyAccount, point: Point) -> bool:
    """Whether a register value is possible after the known readings: not below them, and not out of reach."""
    points = [p for p in (account.told_start, account.begin, *account.points) if p is not None and p.value != 0]
    highest = max(points, key=lambda p: p.value, default=None)
    if highest is None:
        return True
    return point.value >= highest.value - TOLERANCE_WH and (highest.at > point.at or not jumps(highest, point))


def _insert(points: tuple[Point, ...], point: Point) -> tuple[Point, ...]:
    """The turning points with a point inserted; the same object where it changes nothing."""
    if point in points:
        return points
    ordered = list(points)
    insort(ordered, point, key=_point_order)
    turning: list[Point] = []
    for i, here in enumerate(ordered):
        if turning and i + 1 < len(ordered) and _between(turning, here, ordered[i + 1]):
            continue
        turning.append(here)
    return points if len(turning) == len(points) and point not in turning else tuple(turning)


def _between(before: list[Point], here: Point, after: Point) -> bool:
    """Whether this point can be dropped: the register rose past it without a jump, and it confirms no reset."""
    if not before[-1].value - TOLERANCE_WH <= here.value <= after.value + TOLERANCE_WH:
        return False
    dipped = len(before) > 1 and before[-1].value < before[-2].value - TOLERANCE_WH
    confirms = dipped and here.value < before[-2].value - TOLERANCE_WH
    return not (confirms or jumps(before[-1], here) or jumps(here, after))


def _add_interval(account: EnergyAccount, reading: Reading) -> EnergyAccount:
    rank = 2 * location_rank(reading.location) + (reading.context == CLOCK)
    if rank > account.interval_rank or len(account.points) > 1:
        return account
    if rank < account.interval_rank:
        account = msgspec.structs.replace(
            account, interval_rank=rank, interval_wh=None, interval_times=(), interval_forgotten=None
        )
    forgotten = account.interval_forgotten
    if reading.at in account.interval_times or (forgotten is not None and reading.at <= forgotten):
        return account
    times = list(account.interval_times)
    insort(times, reading.at)
    if len(times) > MAX_INTERVALS:
        forgotten = times.pop(0)
    total = (account.interval_wh or Decimal(0)) + reading.value
    return msgspec.structs.replace(
        account, interval_wh=total, interval_times=tuple(times), interval_forgotten=forgotten
    )


# -- adding up --------------------------------------------------------------------------------------------------------


def measure(account: EnergyAccount, began: datetime) -> Energy:
    """Start, stop and energy of a session, and the anomalies of its register.

    Start readings count as of the begin of the session: some stations repeat them beside later readings.
    """
    last = account.told_stop or account.end
    nodes = list(account.points)
    if last is not None and (not nodes or nodes[-1] != last):
        nodes.append(last)
    starts = [Point(min(s.at, began), s.value) for s in (account.told_start, account.begin) if s is not None]
    believed = next((s for s in starts if not nodes or _believable_start(s, nodes)), None)
    odd = {Anomaly.BEGIN_NOT_BELIEVED} if starts and believed != starts[0] else set()
    if account.erratic:
        odd.add(Anomaly.REGISTER_ERRATIC)
    walk = nodes if believed is None else [believed, *nodes]
    if len(walk) < 2:
        start_wh = walk[0].value if walk and walk[0] != last else None
        stop_wh = last.value if last is not None else None
        return Energy(start_wh, stop_wh, account.interval_wh, frozenset(odd))
    energy_wh = _rise(walk, odd)
    return Energy(walk[0].value, walk[-1].value, energy_wh, frozenset(odd))


def _rise(walk: list[Point], odd: set[Anomaly]) -> Decimal | None:
    """The rise of the register along its points, without the gaps at breaks and without odd points."""
    total, base, before = Decimal(0), walk[0], walk[0]
    unmoved = True
    for i, here in enumerate(walk[1:], start=1):
        after = walk[i + 1] if i + 1 < len(walk) else None
        if here.value < before.value - TOLERANCE_WH:
            if after is not None and after.value >= before.value - TOLERANCE_WH:
                odd.add(Anomaly.REGISTER_DIP)
                continue
            rolled = rollover_wh(before, here)
            if rolled is not None:
                odd.add(Anomaly.REGISTER_ROLLOVER)
                total += max(Decimal(0), before.value - base.value) + rolled
                base = before = here
                unmoved = False
                continue
            if here.value >= base.value:
                odd.add(Anomaly.REGISTER_BACKWARDS)
                before = here
                continue
            odd.add(Anomaly.REGISTER_RESET)
        elif jumps(before, here):
            odd.add(Anomaly.REGISTER_JUMP)
            if after is not None and after.value < here.value and not jumps(before, after):
                continue
        else:
            before, unmoved = here, False
            continue
        total += max(Decimal(0), before.value - base.value)
        base = before = here
    if unmoved and odd & {Anomaly.REGISTER_RESET, Anomaly.REGISTER_JUMP}:
        return None
    return total + max(Decimal(0), before.value - base.value)


def rollover_wh(before: Point, here: Point) -> Decimal | None:
    """The rise of a register that rolled over, from just below a power of ten to just above 0; None where it did not."""
    full = Decimal(10) ** (before.value.adjusted() + 1) if before.value > 0 else Decimal(0)
    if full < SMALLEST_REGISTER_WH or before.value < full * NEARLY_FULL:
        return None
    rise = full - before.value + here.value
    return None if jumps(Point(before.at, Decimal(0)), Point(here.at, rise)) else rise


def _believable_start(start: Point, nodes: list[Point]) -> bool:
    """Whether the start is plausible: the first reading is in reach, and is not a lifetime count after a begin of 0."""
    first = nodes[0]
    if len(nodes) > 1 and nodes[1].value < first.value and not jumps(start, nodes[1]):
        first = nodes[1]
    if jumps(start, first):
        return False
    return start.value != 0 or not _is_odometer(start, first, nodes[-1])


def _is_odometer(zero: Point, first: Point, last: Point) -> bool:
    """Whether the register is a lifetime count, although the session began with 0."""
    hours = _hours(zero.at, first.at)
    if first.value <= SLACK_WH or (first.value <= ODOMETER_WH and first.value <= ODOMETER_POWER_W * hours):
        return False
    later_hours = _hours(first.at, last.at)
    if later_hours == 0:
        return first.value > LIFETIME_WH
    if was_never_set(zero.at):
        return True
    return first.value * later_hours > hours * (last.value - first.value) * ODOMETER_FACTOR


def jumps(before: Point, after: Point) -> bool:
    """Whether the register rose faster between two points than any charger can charge."""
    rise = after.value - before.value
    return rise > SLACK_WH and rise > SLACK_WH + MAX_POWER_W * _hours(before.at, after.at)


def _jumped(account: EnergyAccount, point: Point) -> bool:
    """Whether the point is out of reach from the last accepted point before it. A zero proves nothing."""
    before = next((p for p in reversed(account.points) if p.at <= point.at), None)
    before = before or account.told_start or account.begin
    return before is not None and before.value != 0 and before.at <= point.at and jumps(before, point)


def _follows(suspect: Point | None, point: Point) -> bool:
    return suspect is not None and suspect.at < point.at and suspect.value <= point.value and not jumps(suspect, point)


def _hours(earlier: datetime, later: datetime) -> Decimal:
    span = later - earlier
    return max(Decimal(0), Decimal(span // timedelta(seconds=1)) / _HOUR_S)


def _point_order(point: Point) -> tuple[datetime, Decimal]:
    return (point.at, point.value)


def _earlier(current: Point | None, new: Point) -> Point:
    """Of two starts the earlier; of two at one moment the one that is not 0."""
    if current is None:
        return new
    return min(current, new, key=lambda p: (p.at, p.value == 0, p.value))


def _later(current: Point | None, new: Point) -> Point:
    return new if current is None else max(current, new, key=_point_order)
