"""Energy of one session, by register difference: what to remember of its readings, and what they add up to. PURE.

The account is a function of the set of readings, not of their order, as long as the register only rises.
"""

from bisect import insort
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from schemas.quantities import ENERGY_IMPORT, Reading
from schemas.transactions import Anomaly, EnergyAccount, Point
from services.transactions.meter import MAX_POWER_W

ENERGY_INTERVAL = "Energy.Active.Import.Interval"
BEGIN = "Transaction.Begin"
END = "Transaction.End"
CLOCK = "Sample.Clock"

SLACK_WH = Decimal(10_000)
"""Meters that count in whole kWh, and clocks in whole seconds, may seem to jump by this."""

TOLERANCE_WH = Decimal(100)
"""A register that falls by less was rounded differently (meterStop beside a reading in kWh)."""

ODOMETER_WH = Decimal(100_000)
ODOMETER_POWER_W = Decimal(400_000)
"""A first reading beyond either, behind a begin of exactly 0, is suspected to be the meter's lifetime count ..."""

ODOMETER_FACTOR = 10
"""... and found so where the energy since begin came this many times faster than what followed, ..."""

LIFETIME_WH = Decimal(400_000)
"""... or, where nothing followed, by more than any car takes."""

MAX_POINTS = 16
"""Turning points remembered of one session's register."""

MAX_INTERVALS = 200
"""Intervals remembered one by one; what is older counts as added already."""

FIRST_BELIEVABLE_YEAR = 2015
"""Clocks that say less were never set."""

_LOCATIONS = ("Outlet", "Cable", "Inlet", "Body", "EV", "Upstream")
_HOUR_S = Decimal(3600)


class Energy(NamedTuple):
    """What a session's readings add up to. Absent where no reading tells it."""

    start_wh: Decimal | None = None
    stop_wh: Decimal | None = None
    energy_wh: Decimal | None = None
    anomalies: frozenset[Anomaly] = frozenset()


# -- remembering ------------------------------------------------------------------------------------------------------


def add_reading(account: EnergyAccount, reading: Reading) -> EnergyAccount | None:
    """Remember one reading; None where the register cannot have jumped so. Readings of other measurands change nothing."""
    if reading.phase:
        return account
    if reading.measurand == ENERGY_IMPORT:
        return _add_register(account, reading)
    if reading.measurand == ENERGY_INTERVAL:
        return _add_interval(account, reading)
    return account


def add_told_start(account: EnergyAccount, point: Point) -> EnergyAccount:
    """Remember the meterStart of a start message; of several the earliest stands."""
    return msgspec.structs.replace(account, told_start=_earlier(account.told_start, point))


def add_told_stop(account: EnergyAccount, point: Point) -> EnergyAccount | None:
    """Remember the meterStop of a stop message; of several the earliest stands. None where it cannot be."""
    if _jumped(account, point) and not _follows(account.suspect, point):
        return None
    return msgspec.structs.replace(account, told_stop=_earlier(account.told_stop, point))


def _add_register(account: EnergyAccount, reading: Reading) -> EnergyAccount | None:
    rank = _location_rank(reading.location)
    if rank > account.rank:
        return account
    if rank < account.rank:  # the better place counts alone
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
    kept = points if len(points) <= MAX_POINTS else (points[0], *points[3:])
    account = msgspec.structs.replace(account, points=kept, end=end, erratic=erratic)
    return account if len(kept) < 2 else _without_intervals(account)


def _without_intervals(account: EnergyAccount) -> EnergyAccount:
    """A register that tells the energy needs no intervals beside it."""
    if account.interval_wh is None:
        return account
    return msgspec.structs.replace(account, interval_wh=None, interval_rank=99, interval_times=())


def suspected(account: EnergyAccount, reading: Reading) -> EnergyAccount:
    """Remember a reading that jumped: if the next one follows from it, the register did jump and counts on from there."""
    return msgspec.structs.replace(account, suspect=Point(reading.at, reading.value))


def is_late_interval(account: EnergyAccount, reading: Reading) -> bool:
    """The interval is older than those remembered one by one: it cannot be told from a repeat."""
    forgotten = account.interval_forgotten
    return forgotten is not None and reading.measurand == ENERGY_INTERVAL and reading.at <= forgotten


def _insert(points: tuple[Point, ...], point: Point) -> tuple[Point, ...]:
    """The turning points with one more point; the same object where it adds nothing."""
    if point in points:
        return points
    ordered = list(points)
    insort(ordered, point, key=_point_order)
    kept: list[Point] = []
    for i, here in enumerate(ordered):
        if kept and i + 1 < len(ordered) and _between(kept, here, ordered[i + 1]):
            continue
        kept.append(here)
    return points if len(kept) == len(points) and point not in kept else tuple(kept)


def _between(before: list[Point], here: Point, after: Point) -> bool:
    """Nothing is lost without this point: the register rose steadily past it, no jump, no reset confirmed."""
    if not before[-1].value - TOLERANCE_WH <= here.value <= after.value + TOLERANCE_WH:
        return False
    dipped = len(before) > 1 and before[-1].value < before[-2].value - TOLERANCE_WH
    confirms = dipped and here.value < before[-2].value - TOLERANCE_WH
    return not (confirms or jumps(before[-1], here) or jumps(here, after))


def _add_interval(account: EnergyAccount, reading: Reading) -> EnergyAccount:
    rank = 2 * _location_rank(reading.location) + (reading.context == CLOCK)
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
    """Start, stop and energy of a session, and what was odd about its register.

    Start readings are of the time the session began: some stations repeat them beside later readings.
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
    """What the register rose by along its points: breaks are bridged without their gap, odd points left out."""
    total, base, before = Decimal(0), walk[0], walk[0]
    unmoved = True
    for i, here in enumerate(walk[1:], start=1):
        after = walk[i + 1] if i + 1 < len(walk) else None
        if here.value < before.value - TOLERANCE_WH:
            if after is not None and after.value >= before.value - TOLERANCE_WH:
                odd.add(Anomaly.REGISTER_DIP)
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


def _believable_start(start: Point, nodes: list[Point]) -> bool:
    """Not where the first reading is out of reach, or the register's lifetime count behind a begin of 0."""
    first = nodes[0]
    if len(nodes) > 1 and nodes[1].value < first.value and not jumps(start, nodes[1]):
        first = nodes[1]
    if jumps(start, first):
        return False
    return start.value != 0 or not _is_odometer(start, first, nodes[-1])


def _is_odometer(zero: Point, first: Point, last: Point) -> bool:
    """The register did not start at 0 when it said so: it had counted long before."""
    hours = _hours(zero.at, first.at)
    if first.value <= SLACK_WH or (first.value <= ODOMETER_WH and first.value <= ODOMETER_POWER_W * hours):
        return False
    later_hours = _hours(first.at, last.at)
    if later_hours == 0:
        return first.value > LIFETIME_WH
    if zero.at.year < FIRST_BELIEVABLE_YEAR:
        return True
    return first.value * later_hours > hours * (last.value - first.value) * ODOMETER_FACTOR


def jumps(before: Point, after: Point) -> bool:
    """The register rose faster from one point to the other than any charger can charge."""
    rise = after.value - before.value
    return rise > SLACK_WH and rise > SLACK_WH + MAX_POWER_W * _hours(before.at, after.at)


def _jumped(account: EnergyAccount, point: Point) -> bool:
    """The point is out of reach from the last believed point before it. A zero proves nothing."""
    before = next((p for p in reversed(account.points) if p.at <= point.at), None)
    before = before or account.told_start or account.begin
    return before is not None and before.value != 0 and before.at <= point.at and jumps(before, point)


def _follows(suspect: Point | None, point: Point) -> bool:
    return suspect is not None and suspect.at < point.at and suspect.value <= point.value and not jumps(suspect, point)


def _hours(earlier: datetime, later: datetime) -> Decimal:
    span = later - earlier
    return max(Decimal(0), Decimal(span // timedelta(seconds=1)) / _HOUR_S)


def _location_rank(location: str) -> int:
    return _LOCATIONS.index(location) if location in _LOCATIONS else len(_LOCATIONS)


def _point_order(point: Point) -> tuple[datetime, Decimal]:
    return (point.at, point.value)


def _earlier(held: Point | None, new: Point) -> Point:
    """Of two starts the earlier; of two at one moment the one that is not 0."""
    if held is None:
        return new
    return min(held, new, key=lambda p: (p.at, p.value == 0, p.value))


def _later(held: Point | None, new: Point) -> Point:
    return new if held is None else max(held, new, key=_point_order)
