"""Rating: rates a session by a tariff (OCPI 2.2.1, mod_tariffs and mod_cdrs). PURE.

Only the total is rounded, half up to the currency's minor unit; the total with VAT is rounded separately, from its own exact amount.
Parts and lines have four decimals, and `rounding` is the difference between the total and their sum. FLAT is charged once, when an
element with it is first in force. `step_size` is applied once to ENERGY, and once to time: to parking where that is charged, else to
charging (mod_cdrs, step_size); the rounded-up part is billed at the last price used. Time in which the station gives no power
(`withheld`) is free, unless an element's `suspended_evse` says that its PARKING_TIME counts then too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.billing import ChargingPeriod, CostLine, Costs, Use
from schemas.tariffs import Dimension, Price, Tariff
from services.billing.course import Course, Node, energy_until
from services.billing.elements import Book, Element, Instant, PricedComponent, book_of, in_force
from services.billing.localtime import SECOND_US, local_borders, moment
from services.billing.money import NOTHING, Amount, Purse, Rational, difference, round_half_up, share
from services.billing.uses import UNITS_PER_WH

MAX_PERIODS = 60
"""Most periods of one session: those beyond are combined into one, with a line for each price."""

NONE_WH = Decimal(0)

_TIME_OF: dict[Use, Dimension | None] = {"charging": "TIME", "parking": "PARKING_TIME", "withheld": "PARKING_TIME"}
_DIMENSIONS: tuple[Dimension, ...] = ("FLAT", "ENERGY", "TIME", "PARKING_TIME")


class Rating(NamedTuple):
    """The costs of a session, and the periods that explain them."""

    costs: Costs
    periods: tuple[ChargingPeriod, ...]
    charging_us: Rational
    parking_us: Rational


class _Stretch(NamedTuple):
    """A part of a session with constant prices."""

    since: Node
    until: Node
    use: Use
    energy: PricedComponent | None
    time: PricedComponent | None
    flat: PricedComponent | None


class _Line(NamedTuple):
    """The billed volume of one dimension in one period, in units of the course (FLAT: 1). `extra` is added by step_size."""

    dimension: Dimension
    chosen: PricedComponent
    volume: Rational
    extra: Rational = 0

    @property
    def amount(self) -> Amount:
        """The exact cost."""
        return self.chosen.of(self.volume + self.extra)


class _Period(NamedTuple):
    since: Node
    until: Node
    use: Use
    lines: tuple[_Line, ...]


def rate(course: Course, tariff: Tariff, zone: ZoneInfo) -> Rating:
    """The charging periods and totals of a session by one tariff, at the meter's time in the site's zone."""
    book = book_of(tariff)
    stretches = list(_stretches(course, book.elements, zone))
    periods = _with_steps([_period(stretch) for stretch in stretches])
    listed = tuple(_price_period(period, book.purse, course.exports) for period in _shorten(periods))
    charging = sum(_span(stretch) for stretch in stretches if stretch.use == "charging")
    parking = sum(_span(stretch) for stretch in stretches if _is_parked(stretch))
    return Rating(_costs(periods, book), listed, charging, parking)


def _span(stretch: _Stretch) -> Rational:
    return stretch.until.us - stretch.since.us


def _is_parked(stretch: _Stretch) -> bool:
    return stretch.use == "parking" or (stretch.use == "withheld" and stretch.time is not None)


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
    """Consecutive pairs of readings; pairs between which no price can change are merged. Not for tariffs that depend on power."""
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
    timed = elements if use != "withheld" else tuple(element for element in elements if element.prices_withheld)
    return _Stretch(
        *nodes,
        use,
        energy=in_force(elements, "ENERGY", now, zone),
        time=in_force(timed, time, now, zone) if time else None,
        flat=in_force(elements, "FLAT", now, zone) if flat_due else None,
    )


def _time_cuts(course: Course, elements: tuple[Element, ...], zone: ZoneInfo) -> list[int]:
    began, ended = int(course.began_us), int(course.ended_us)
    cuts = {mark.us for mark in course.uses}
    durations = (d for element in elements for d in (element.min_duration_us, element.max_duration_us))
    cuts.update(began + duration for duration in durations if duration is not None)
    if any(element.is_local for element in elements):
        times = {t for element in elements for t in (element.start_time, element.end_time) if t is not None}
        cuts.update(local_borders(began, ended, zone, times))
    return sorted(cuts)


def _cut(before: Node, after: Node, times: list[int], energies: list[int]) -> list[Node]:
    """Two readings, and the interpolated nodes between them at these times and energies."""
    span, rise = after.us - before.us, after.energy - before.energy
    inner_times = times[bisect_right(times, before.us) : bisect_left(times, after.us)]
    inner_energies = energies[bisect_right(energies, before.energy) : bisect_left(energies, after.energy)]
    if not inner_times and not inner_energies:
        return [before, after]
    inside = {Node(us, before.energy + share(rise, us - before.us, span)) for us in inner_times}
    inside |= {Node(before.us + share(span, energy - before.energy, rise), energy) for energy in inner_energies}
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


def _shorten(periods: list[_Period]) -> list[_Period]:
    if len(periods) <= MAX_PERIODS:
        return periods
    rest = periods[MAX_PERIODS - 1 :]
    lines: dict[tuple[Dimension, PricedComponent], _Line] = {}
    for line in (line for period in rest for line in period.lines):
        summed_before = lines.get(line[:2])
        summed = (
            line
            if summed_before is None
            else summed_before._replace(
                volume=summed_before.volume + line.volume, extra=summed_before.extra + line.extra
            )
        )
        lines[line[:2]] = summed
    return [*periods[: MAX_PERIODS - 1], rest[0]._replace(until=rest[-1].until, lines=tuple(lines.values()))]


def _with_steps(periods: list[_Period]) -> list[_Period]:
    """The periods with the extra volume of step_size on their last lines."""
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


def _price_period(period: _Period, purse: Purse, exports: tuple[Node, ...]) -> ChargingPeriod:
    return ChargingPeriod(
        started_at=moment(int(period.since.us)),
        ended_at=moment(int(period.until.us)),
        use=period.use,
        energy_wh=_shown_wh(period.until.energy) - _shown_wh(period.since.energy),
        lines=tuple(_cost_line(line, purse) for line in period.lines if line.volume),
        exported_wh=_exported_wh(period, exports) if exports else NONE_WH,
    )


def _exported_wh(period: _Period, exports: tuple[Node, ...]) -> Decimal:
    return _shown_wh(energy_until(exports, period.until.us)) - _shown_wh(energy_until(exports, period.since.us))


def _shown_wh(energy: Rational) -> Decimal:
    """Rounded energy until a moment; periods show differences of these, so that they add up to the session's energy."""
    return round_half_up(energy, UNITS_PER_WH, 4)


def _cost_line(line: _Line, purse: Purse) -> CostLine:
    component = line.chosen.component
    return CostLine(
        dimension=line.dimension,
        element=line.chosen.place,
        price=component.price,
        vat=component.vat,
        volume=_volume(line.dimension, line.volume),
        billed=_volume(line.dimension, line.volume + line.extra),
        cost=purse.shown(line.amount),
    )


def _volume(dimension: Dimension, amount: Rational) -> Decimal:
    """Convert units to kWh, and microseconds to seconds."""
    match dimension:
        case "FLAT":
            return Decimal(int(amount))
        case "ENERGY":
            return round_half_up(amount, 1, 0).scaleb(-7)
        case "TIME" | "PARKING_TIME":
            return round_half_up(amount, 1, 0).scaleb(-6)


def _costs(periods: list[_Period], book: Book) -> Costs:
    parts, exact = dict.fromkeys(_DIMENSIONS, NOTHING), NOTHING
    for period in periods:
        for line in period.lines:
            amount = line.amount
            parts[line.dimension] = parts[line.dimension].plus(amount)
            exact = exact.plus(amount)
    limited, purse = _limit(exact, book), book.purse
    nothing = purse.shown(NOTHING)
    amounts = (*parts.values(), limited.less(exact))
    shown = [nothing if amount == NOTHING else purse.shown(amount) for amount in amounts]
    flat, energy, time, parking, adjustment = shown
    total: Price = purse.total(limited)
    return Costs(
        total=total,
        flat=flat,
        energy=energy,
        time=time,
        parking=parking,
        adjustment=adjustment,
        rounding=difference(total, [part for part in shown if part is not nothing]),
    )


def _limit(exact: Amount, book: Book) -> Amount:
    """Apply min_price and max_price to the amounts without and with VAT separately (mod_tariffs, Tariff object)."""
    if book.least is not None:
        exact = Amount(max(exact.excl, book.least.excl), max(exact.incl, book.least.incl))
    if book.most is not None:
        exact = Amount(min(exact.excl, book.most.excl), min(exact.incl, book.most.incl))
    return exact
