"""Elements: prepares a tariff's elements for rating, and finds the one in force at a moment of a session. PURE."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from schemas.localtimes import DAYS_OF_WEEK
from schemas.tariffs import Dimension, Price, PriceComponent, Restrictions, Tariff
from services.billing.localtime import SECOND_US, moment
from services.billing.money import Amount, Purse, Rational, minor_digits
from services.billing.uses import HOUR_US, UNITS_PER_WH

WH_PER_KWH = 1000
_UNITS: dict[Dimension, int] = {
    "FLAT": 1,
    "ENERGY": WH_PER_KWH * UNITS_PER_WH,
    "TIME": HOUR_US,
    "PARKING_TIME": HOUR_US,
}
"""Units of a course per unit of price, by dimension."""


class Instant(NamedTuple):
    """The input of restrictions: the start of a stretch of a session, and its energy and time.

    `rise` and `span_us` are those of the readings around it: their quotient is the power.
    """

    us: Rational
    duration_us: Rational
    energy: Rational
    rise: Rational
    span_us: Rational


class PricedComponent(NamedTuple):
    """The component that prices a dimension, the index of its element, and its price of one unit in grains."""

    place: int
    component: PriceComponent
    rate: Amount

    def of(self, units: Rational) -> Amount:
        """The cost of these units."""
        return Amount(self.rate.excl * units, self.rate.incl * units)


class Element(NamedTuple):
    """One element: its components by dimension, and its restrictions in the units of a course. None does not restrict."""

    place: int
    components: dict[Dimension, PricedComponent]
    min_energy: int | None = None
    max_energy: int | None = None
    min_power: int | None = None
    max_power: int | None = None
    min_duration_us: int | None = None
    max_duration_us: int | None = None
    start_time: dt.time | None = None
    end_time: dt.time | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    days: frozenset[int] = frozenset()
    prices_withheld: bool = False

    @property
    def is_local(self) -> bool:
        """Whether the time of day or the date at the site matters."""
        limits = (self.start_time, self.end_time, self.start_date, self.end_date)
        return bool(self.days) or any(limit is not None for limit in limits)


class Book(NamedTuple):
    """A tariff prepared for rating: its elements, how its amounts are rounded, and its limits."""

    elements: tuple[Element, ...]
    purse: Purse
    least: Amount | None
    most: Amount | None


@lru_cache(maxsize=1024)
def book_of(tariff: Tariff) -> Book:
    """Prepare a tariff for rating."""
    components = [component for element in tariff.elements for component in element.price_components]
    exact = [amount for component in components for amount in _rate(component)]
    exact += [amount for limit in (tariff.min_price, tariff.max_price) if limit for amount in _limit(limit)]
    grains = lcm(*(amount.denominator for amount in exact))
    elements = tuple(
        _element(place, element.price_components, element.restrictions or Restrictions(), grains)
        for place, element in enumerate(tariff.elements)
    )
    purse = Purse(grains, minor_digits(tariff.currency), any(component.vat is not None for component in components))
    return Book(elements, purse, *(_limit_amount(limit, grains) for limit in (tariff.min_price, tariff.max_price)))


def _rate(component: PriceComponent) -> tuple[Fraction, Fraction]:
    """The price of one unit, without and with VAT."""
    excl = Fraction(component.price) / _UNITS[component.type]
    return excl, excl * (100 + Fraction(component.vat or 0)) / 100


def _limit(limit: Price) -> tuple[Fraction, Fraction]:
    """A limit without and with VAT; equal where no VAT is given."""
    return Fraction(limit.excl_vat), Fraction(limit.excl_vat if limit.incl_vat is None else limit.incl_vat)


def _limit_amount(limit: Price | None, grains: int) -> Amount | None:
    return None if limit is None else _amount(_limit(limit), grains)


def _amount(exact: tuple[Fraction, Fraction], grains: int) -> Amount:
    excl, incl = exact
    return Amount(int(excl * grains), int(incl * grains))


def _element(place: int, components: Iterable[PriceComponent], limits: Restrictions, grains: int) -> Element:
    return Element(
        place=place,
        components={
            component.type: PricedComponent(place, component, _amount(_rate(component), grains))
            for component in components
        },
        min_energy=_scale(limits.min_kwh, WH_PER_KWH * UNITS_PER_WH),
        max_energy=_scale(limits.max_kwh, WH_PER_KWH * UNITS_PER_WH),
        min_power=_scale(limits.min_power, WH_PER_KWH * UNITS_PER_WH),
        max_power=_scale(limits.max_power, WH_PER_KWH * UNITS_PER_WH),
        min_duration_us=None if limits.min_duration is None else limits.min_duration * SECOND_US,
        max_duration_us=None if limits.max_duration is None else limits.max_duration * SECOND_US,
        start_time=_time(limits.start_time),
        end_time=_time(limits.end_time),
        start_date=None if limits.start_date is None else dt.date.fromisoformat(limits.start_date),
        end_date=None if limits.end_date is None else dt.date.fromisoformat(limits.end_date),
        days=frozenset(DAYS_OF_WEEK.index(day) for day in limits.day_of_week),
        prices_withheld=limits.suspended_evse == "parking",
    )


def _scale(value: Decimal | None, factor: int) -> int | None:
    return None if value is None else int((value * factor).to_integral_value())


def _time(text: str | None) -> dt.time | None:
    return None if text is None else dt.time.fromisoformat(text)


def in_force(
    elements: Iterable[Element], dimension: Dimension, now: Instant, zone: dt.tzinfo
) -> PricedComponent | None:
    """The first element that prices the dimension and whose restrictions are all met (mod_tariffs, Tariff object)."""
    for element in elements:
        chosen = element.components.get(dimension)
        if chosen is not None and _holds(element, now, zone):
            return chosen
    return None


def _holds(element: Element, now: Instant, zone: dt.tzinfo) -> bool:
    power = now.rise * HOUR_US
    return (
        _within(element.min_energy, now.energy, element.max_energy)
        and _within(element.min_duration_us, now.duration_us, element.max_duration_us)
        and (element.min_power is None or power >= element.min_power * now.span_us)
        and (element.max_power is None or power < element.max_power * now.span_us)
        and (not element.is_local or _holds_locally(element, moment(int(now.us)).astimezone(zone)))
    )


def _within(least: int | None, value: Rational, most: int | None) -> bool:
    """Minimum inclusive, maximum exclusive: at a border the next element takes over."""
    return (least is None or value >= least) and (most is None or value < most)


def _holds_locally(element: Element, local: dt.datetime) -> bool:
    day = local.date()
    if element.start_date is not None and day < element.start_date:
        return False
    if element.end_date is not None and day >= element.end_date:
        return False
    if element.days and day.weekday() not in element.days:
        return False
    return _in_hours(local.time(), element.start_time or dt.time.min, element.end_time)


def _in_hours(time: dt.time, start: dt.time, end: dt.time | None) -> bool:
    """From `start` until `end`; an end of 00:00 is the end of the day, one before the start is on the next day."""
    if end is None or end == dt.time.min:
        return time >= start
    return start <= time < end if start < end else time >= start or time < end
