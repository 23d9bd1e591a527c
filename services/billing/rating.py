"""Rating: what a session costs by a tariff (OCPI 2.2.1, mod_tariffs and mod_cdrs). PURE.

Rounding: each line of a period to four decimals, halves up; the total to the currency's minor unit, halves up. FLAT is charged
once, when an element with it is first in force. `step_size` is applied once to ENERGY, and once to the time: to what was
parked where that is charged, else to what was charged (mod_cdrs, step_size); what it adds is billed at the last price used.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.billing import ChargingPeriod, CostLine, Costs, Use
from schemas.tariffs import Dimension, Price, PriceComponent, Tariff
from services.billing.course import UNITS_PER_WH, Course, Node
from services.billing.elements import HOUR_US, WH_PER_KWH, Chosen, Element, Instant, elements_of, in_force
from services.billing.localtime import SECOND_US, local_borders, moment

LINE_STEP = Decimal("0.0001")
UNITS_PER_KWH = WH_PER_KWH * UNITS_PER_WH
MAX_PERIODS = 60
"""Periods listed of one session: what comes behind is told as one, with a line for each price."""

_MINOR_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "XAF", "XOF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of currencies that do not have two (ISO 4217)."""

_TIME_OF: dict[Use, Dimension | None] = {"charging": "TIME", "parking": "PARKING_TIME", "withheld": None}
ZERO = Decimal(0)


class Rating(NamedTuple):
    """What a session costs, and the periods that explain it."""

    costs: Costs
    periods: tuple[ChargingPeriod, ...]
    charging_us: int
    parking_us: int


class _Stretch(NamedTuple):
    """A part of a session in which the same prices hold."""

    since: Node
    until: Node
    use: Use
    energy: Chosen | None
    time: Chosen | None
    flat: Chosen | None


class _Line(NamedTuple):
    """What is billed of one dimension in one period, in units of the course (FLAT: 1). `extra` is what step_size adds."""

    dimension: Dimension
    chosen: Chosen
    volume: int
    extra: int = 0


class _Period(NamedTuple):
    since: Node
    until: Node
    use: Use
    lines: tuple[_Line, ...]


def rate(course: Course, tariff: Tariff, zone: ZoneInfo) -> Rating:
    """The charging periods and totals of a session by one tariff, at the meter's time in the site's zone."""
    elements = elements_of(tariff)
    periods = _stepped([_period(stretch) for stretch in _stretches(course, elements, zone)])
    has_vat = any(c.vat is not None for element in tariff.elements for c in element.price_components)
    priced = tuple(_priced(period, has_vat=has_vat) for period in _listed(periods))
    charging, parking = (
        sum(p.until.us - p.since.us for p in periods if p.use == use) for use in ("charging", "parking")
    )
    return Rating(_costs(priced, tariff, has_vat=has_vat), priced, charging, parking)


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency that is billed."""
    return Decimal(1).scaleb(-_MINOR_DIGITS.get(currency, 2))


# -- cutting ----------------------------------------------------------------------------------------------------------


def _stretches(course: Course, elements: tuple[Element, ...], zone: ZoneInfo) -> Iterator[_Stretch]:
    """The session cut where prices change; energy between readings by linear interpolation."""
    times = _time_cuts(course, elements, zone)
    energies = sorted({e for element in elements for e in (element.min_energy, element.max_energy) if e is not None})
    steady = all(element.min_power is None and element.max_power is None for element in elements)
    marks = [mark.us for mark in course.uses]
    stretch: _Stretch | None = None
    flat_due = True
    for before, after in _spans(course.nodes, times, energies) if steady else pairwise(course.nodes):
        for since, until in pairwise(_cut(before, after, times, energies)):
            use = course.uses[bisect_right(marks, since.us) - 1].use
            now = Instant(
                since.us, since.us - course.began_us, since.energy, after.energy - before.energy, after.us - before.us
            )
            following = _stretch(elements, now, zone, nodes=(since, until), use=use, flat_due=flat_due)
            flat_due = flat_due and following.flat is None
            if stretch is not None and stretch[2:5] == following[2:5]:
                stretch = stretch._replace(until=until, flat=stretch.flat or following.flat)
                continue
            if stretch is not None:
                yield stretch
            stretch = following
    if stretch is not None:
        yield stretch


def _spans(nodes: tuple[Node, ...], times: list[int], energies: list[int]) -> Iterator[tuple[Node, Node]]:
    """The readings in pairs; those between which nothing can change are left out, as where power does not matter."""
    since, time, energy = nodes[0], 0, 0
    for before, after in pairwise(nodes):
        while time < len(times) and times[time] < before.us:
            time += 1
        while energy < len(energies) and energies[energy] < before.energy:
            energy += 1
        changes_at = time < len(times) and times[time] < after.us
        changes_by = energy < len(energies) and energies[energy] < max(after.energy, before.energy + 1)
        if changes_at or changes_by:
            if since is not before:
                yield since, before
            yield before, after
            since = after
    if since is not nodes[-1]:
        yield since, nodes[-1]


def _stretch(
    elements: tuple[Element, ...], now: Instant, zone: ZoneInfo, *, nodes: tuple[Node, Node], use: Use, flat_due: bool
) -> _Stretch:
    time = _TIME_OF[use]
    return _Stretch(
        *nodes,
        use,
        energy=in_force(elements, "ENERGY", now, zone),
        time=in_force(elements, time, now, zone) if time else None,
        flat=in_force(elements, "FLAT", now, zone) if flat_due else None,
    )


def _time_cuts(course: Course, elements: tuple[Element, ...], zone: ZoneInfo) -> list[int]:
    began, ended = course.began_us, course.ended_us
    cuts = {mark.us for mark in course.uses}
    durations = (d for element in elements for d in (element.min_duration_us, element.max_duration_us))
    cuts.update(began + duration for duration in durations if duration is not None)
    if any(element.is_local for element in elements):
        times = {t for element in elements for t in (element.start_time, element.end_time) if t is not None}
        cuts.update(local_borders(began, ended, zone, times))
    return sorted(cuts)


def _cut(before: Node, after: Node, times: list[int], energies: list[int]) -> list[Node]:
    """Two readings and what lies on the line between them at these times and energies."""
    span, rise = after.us - before.us, after.energy - before.energy
    inner_times = times[bisect_right(times, before.us) : bisect_left(times, after.us)]
    inner_energies = energies[bisect_right(energies, before.energy) : bisect_left(energies, after.energy)]
    if not inner_times and not inner_energies:
        return [before, after]
    inside = {Node(us, before.energy + (rise * (us - before.us) + span // 2) // span) for us in inner_times}
    inside |= {
        Node(before.us + (span * (energy - before.energy) + rise // 2) // rise, energy) for energy in inner_energies
    }
    return [before, *sorted(inside), after]


# -- periods ----------------------------------------------------------------------------------------------------------


def _period(stretch: _Stretch) -> _Period:
    lines = []
    if stretch.flat is not None:
        lines.append(_Line("FLAT", stretch.flat, 1))
    if stretch.energy is not None:
        lines.append(_Line("ENERGY", stretch.energy, stretch.until.energy - stretch.since.energy))
    time = _TIME_OF[stretch.use]
    if stretch.time is not None and time is not None:
        lines.append(_Line(time, stretch.time, stretch.until.us - stretch.since.us))
    return _Period(stretch.since, stretch.until, stretch.use, tuple(lines))


def _listed(periods: list[_Period]) -> list[_Period]:
    if len(periods) <= MAX_PERIODS:
        return periods
    rest = periods[MAX_PERIODS - 1 :]
    lines: dict[tuple[Dimension, Chosen], _Line] = {}
    for line in (line for period in rest for line in period.lines):
        held = lines.get(line[:2])
        summed = (
            line if held is None else held._replace(volume=held.volume + line.volume, extra=held.extra + line.extra)
        )
        lines[line[:2]] = summed
    return [*periods[: MAX_PERIODS - 1], rest[0]._replace(until=rest[-1].until, lines=tuple(lines.values()))]


def _stepped(periods: list[_Period]) -> list[_Period]:
    """The periods with what step_size adds to their last lines."""
    parked = any(line.volume for period in periods for line in period.lines if line.dimension == "PARKING_TIME")
    periods = _step(periods, "ENERGY", UNITS_PER_WH)
    return _step(periods, "PARKING_TIME" if parked else "TIME", SECOND_US)


def _step(periods: list[_Period], dimension: Dimension, unit: int) -> list[_Period]:
    used = [
        (place, line)
        for place, period in enumerate(periods)
        for line in period.lines
        if line.dimension == dimension and line.volume
    ]
    if not used:
        return periods
    place, last = used[-1]
    step = last.chosen.component.step_size * unit
    extra = -sum(line.volume for _, line in used) % step
    lines = tuple(line._replace(extra=extra) if line is last else line for line in periods[place].lines)
    return [*periods[:place], periods[place]._replace(lines=lines), *periods[place + 1 :]]


# -- money ------------------------------------------------------------------------------------------------------------


def _priced(period: _Period, *, has_vat: bool) -> ChargingPeriod:
    return ChargingPeriod(
        started_at=moment(period.since.us),
        ended_at=moment(period.until.us),
        use=period.use,
        energy_wh=Decimal(period.until.energy - period.since.energy).scaleb(-4),
        lines=tuple(_cost_line(line, has_vat=has_vat) for line in period.lines if line.volume),
    )


def _cost_line(line: _Line, *, has_vat: bool) -> CostLine:
    component, billed = line.chosen.component, line.volume + line.extra
    return CostLine(
        dimension=line.dimension,
        element=line.chosen.place,
        price=component.price,
        vat=component.vat,
        volume=_volume(line.dimension, line.volume),
        billed=_volume(line.dimension, billed),
        cost=_cost(line.dimension, component, billed, has_vat=has_vat),
    )


def _volume(dimension: Dimension, amount: int) -> Decimal:
    """In kWh of units, in seconds of microseconds; by digits, so that no exponent shows."""
    match dimension:
        case "FLAT":
            return Decimal(amount)
        case "ENERGY":
            return Decimal(amount).scaleb(-7)
        case "TIME" | "PARKING_TIME":
            return Decimal(amount).scaleb(-6)


def _cost(dimension: Dimension, component: PriceComponent, billed: int, *, has_vat: bool) -> Price:
    unit = {"FLAT": 1, "ENERGY": UNITS_PER_KWH}.get(dimension, HOUR_US)
    amount = component.price * billed / unit
    vat = component.vat or ZERO
    incl = component.price * billed * (100 + vat) / (100 * unit) if has_vat else None
    return Price(excl_vat=_rounded(amount, LINE_STEP), incl_vat=None if incl is None else _rounded(incl, LINE_STEP))


def _rounded(amount: Decimal, step: Decimal) -> Decimal:
    return amount.quantize(step, rounding=ROUND_HALF_UP)


def _costs(periods: tuple[ChargingPeriod, ...], tariff: Tariff, *, has_vat: bool) -> Costs:
    parts: dict[Dimension, Price] = {}
    for dimension in ("FLAT", "ENERGY", "TIME", "PARKING_TIME"):
        costs = [line.cost for period in periods for line in period.lines if line.dimension == dimension]
        parts[dimension] = Price(
            excl_vat=sum((cost.excl_vat for cost in costs), ZERO),
            incl_vat=sum((cost.incl_vat or ZERO for cost in costs), ZERO) if has_vat else None,
        )
    excl = sum((part.excl_vat for part in parts.values()), ZERO)
    incl = sum((part.incl_vat or ZERO for part in parts.values()), ZERO) if has_vat else None
    limited = _limited(excl, incl, tariff)
    unit = minor_unit(tariff.currency)
    return Costs(
        total=Price(
            excl_vat=_rounded(limited.excl_vat, unit),
            incl_vat=None if limited.incl_vat is None else _rounded(limited.incl_vat, unit),
        ),
        flat=parts["FLAT"],
        energy=parts["ENERGY"],
        time=parts["TIME"],
        parking=parts["PARKING_TIME"],
        adjustment=Price(
            excl_vat=limited.excl_vat - excl,
            incl_vat=None if incl is None or limited.incl_vat is None else limited.incl_vat - incl,
        ),
    )


def _limited(excl: Decimal, incl: Decimal | None, tariff: Tariff) -> Price:
    """min_price and max_price hold for the amounts without and with VAT, each for itself (mod_tariffs, Tariff object)."""
    for limit, choose in ((tariff.min_price, max), (tariff.max_price, min)):
        if limit is None:
            continue
        excl = choose(excl, limit.excl_vat)
        if incl is not None and limit.incl_vat is not None:
            incl = choose(incl, limit.incl_vat)
    return Price(excl_vat=excl, incl_vat=incl)
