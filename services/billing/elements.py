"""Elements: a tariff's elements made ready for rating, and which of them is in force at a moment of a session. PURE."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from schemas.tariffs import Dimension, PriceComponent, Restrictions, Tariff
from services.billing.course import UNITS_PER_WH
from services.billing.localtime import SECOND_US, moment

HOUR_US = 3600 * SECOND_US
WH_PER_KWH = 1000

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


class Instant(NamedTuple):
    """What restrictions look at: the start of a stretch of a session, and the energy and time of the stretch.

    `rise` and `span_us` are those of the readings around it: their quotient is the power.
    """

    us: int
    duration_us: int
    energy: int
    rise: int
    span_us: int


class Element(NamedTuple):
    """One element: its components by dimension, and its restrictions in the units of a course. None does not restrict."""

    place: int
    components: dict[Dimension, PriceComponent]
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

    @property
    def is_local(self) -> bool:
        """Whether the time of day or the date at the site matters."""
        limits = (self.start_time, self.end_time, self.start_date, self.end_date)
        return bool(self.days) or any(limit is not None for limit in limits)


class Chosen(NamedTuple):
    """The component that a dimension is priced by, and the place of its element."""

    place: int
    component: PriceComponent


@lru_cache(maxsize=1024)
def elements_of(tariff: Tariff) -> tuple[Element, ...]:
    """The elements of a tariff, ready for rating."""
    return tuple(
        _element(place, element.price_components, element.restrictions or Restrictions())
        for place, element in enumerate(tariff.elements)
    )


def _element(place: int, components: Iterable[PriceComponent], limits: Restrictions) -> Element:
    return Element(
        place=place,
        components={component.type: component for component in components},
        min_energy=_scaled(limits.min_kwh, WH_PER_KWH * UNITS_PER_WH),
        max_energy=_scaled(limits.max_kwh, WH_PER_KWH * UNITS_PER_WH),
        min_power=_scaled(limits.min_power, WH_PER_KWH * UNITS_PER_WH),
        max_power=_scaled(limits.max_power, WH_PER_KWH * UNITS_PER_WH),
        min_duration_us=None if limits.min_duration is None else limits.min_duration * SECOND_US,
        max_duration_us=None if limits.max_duration is None else limits.max_duration * SECOND_US,
        start_time=_time(limits.start_time),
        end_time=_time(limits.end_time),
        start_date=None if limits.start_date is None else dt.date.fromisoformat(limits.start_date),
        end_date=None if limits.end_date is None else dt.date.fromisoformat(limits.end_date),
        days=frozenset(_DAYS.index(day) for day in limits.day_of_week),
    )


def _scaled(value: Decimal | None, factor: int) -> int | None:
    return None if value is None else int((value * factor).to_integral_value())


def _time(text: str | None) -> dt.time | None:
    return None if text is None else dt.time.fromisoformat(text)


def in_force(elements: Iterable[Element], dimension: Dimension, now: Instant, zone: dt.tzinfo) -> Chosen | None:
    """The first element that prices the dimension and whose restrictions all hold (mod_tariffs, Tariff object)."""
    for element in elements:
        component = element.components.get(dimension)
        if component is not None and _holds(element, now, zone):
            return Chosen(element.place, component)
    return None


def _holds(element: Element, now: Instant, zone: dt.tzinfo) -> bool:
    power = now.rise * HOUR_US
    return (
        _within(element.min_energy, now.energy, element.max_energy)
        and _within(element.min_duration_us, now.duration_us, element.max_duration_us)
        and (element.min_power is None or power >= element.min_power * now.span_us)
        and (element.max_power is None or power < element.max_power * now.span_us)
        and (not element.is_local or _holds_locally(element, moment(now.us).astimezone(zone)))
    )


def _within(least: int | None, value: int, most: int | None) -> bool:
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
