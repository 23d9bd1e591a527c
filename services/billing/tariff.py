"""Tariff: validates a tariff. PURE."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from schemas.tariffs import Price, PriceComponent, Restrictions, Tariff, TariffElement

MAX_ELEMENTS = 50
MAX_AMOUNT = Decimal(1_000_000)
MAX_DECIMALS = 4
"""OCPI numbers have four decimals."""


class Problem(NamedTuple):
    """A problem of one member of a tariff."""

    field: str
    reason: str


def problems(tariff: Tariff) -> list[Problem]:
    """All problems of a tariff, by the path of the member; empty where it is valid."""
    return [*_head(tariff), *_elements(tariff.elements), *_limits(tariff)]


def _head(tariff: Tariff) -> Iterator[Problem]:
    if not (len(tariff.currency) == 3 and tariff.currency.isascii() and tariff.currency.isalpha()):
        yield Problem("currency", "three letters of ISO 4217, EUR for example")
    elif not tariff.currency.isupper():
        yield Problem("currency", "in capital letters")
    start, end = tariff.start_date_time, tariff.end_date_time
    if start is not None and end is not None and start >= end:
        yield Problem("end_date_time", "must be after start_date_time")


def _elements(elements: tuple[TariffElement, ...]) -> Iterator[Problem]:
    if not elements:
        yield Problem("elements", "at least one; a free tariff is a FLAT price of 0")
    if len(elements) > MAX_ELEMENTS:
        yield Problem("elements", f"{MAX_ELEMENTS} at most")
    for place, element in enumerate(elements):
        yield from _components(f"elements[{place}].price_components", element.price_components)
        if element.restrictions is not None:
            yield from _restrictions(f"elements[{place}].restrictions", element.restrictions)
            if element.restrictions.suspended_evse and all(c.type != "PARKING_TIME" for c in element.price_components):
                yield Problem(
                    f"elements[{place}].restrictions.suspended_evse", "is about PARKING_TIME, and the element has none"
                )


def _components(path: str, components: tuple[PriceComponent, ...]) -> Iterator[Problem]:
    if not components:
        yield Problem(path, "at least one")
    seen = set()
    for place, component in enumerate(components):
        if component.type in seen:
            yield Problem(f"{path}[{place}].type", f"{component.type} stands in this element already")
        seen.add(component.type)
        yield from _amount(f"{path}[{place}].price", component.price)
        if component.vat is not None:
            yield from _amount(f"{path}[{place}].vat", component.vat, most=Decimal(100))


def _amount(path: str, amount: Decimal, most: Decimal = MAX_AMOUNT) -> Iterator[Problem]:
    if not amount.is_finite():
        yield Problem(path, "must be a number")
    elif not 0 <= amount <= most:
        yield Problem(path, f"0 to {most}")
    elif amount != round(amount, MAX_DECIMALS):
        yield Problem(path, f"{MAX_DECIMALS} decimals at most")


def _restrictions(path: str, limits: Restrictions) -> Iterator[Problem]:
    for name in ("min_kwh", "max_kwh", "min_power", "max_power"):
        amount = getattr(limits, name)
        if amount is not None:
            yield from _amount(f"{path}.{name}", amount)
    for what in ("kwh", "power", "duration"):
        least, most = getattr(limits, f"min_{what}"), getattr(limits, f"max_{what}")
        if least is not None and most is not None and not least < most:
            yield Problem(f"{path}.max_{what}", f"must be more than min_{what}")
        elif most == 0:
            yield Problem(f"{path}.max_{what}", "must be more than 0: the element would never be active")
    if len(set(limits.day_of_week)) < len(limits.day_of_week):
        yield Problem(f"{path}.day_of_week", "names a day twice")
    yield from _times(path, limits)


def _times(path: str, limits: Restrictions) -> Iterator[Problem]:
    if limits.start_time is not None and limits.start_time == limits.end_time:
        yield Problem(f"{path}.end_time", "must differ from start_time; leave both out for the whole day")
    dates = {name: getattr(limits, name) for name in ("start_date", "end_date")}
    wrong = [name for name, date in dates.items() if date is not None and not _is_date(date)]
    for name in wrong:
        yield Problem(f"{path}.{name}", "is no day of the calendar")
    start, end = limits.start_date, limits.end_date
    if not wrong and start is not None and end is not None and start >= end:
        yield Problem(f"{path}.end_date", "must be after start_date: it is exclusive")


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _limits(tariff: Tariff) -> Iterator[Problem]:
    has_vat = any(c.vat is not None for element in tariff.elements for c in element.price_components)
    for name in ("min_price", "max_price"):
        price: Price | None = getattr(tariff, name)
        if price is None:
            continue
        yield from _amount(f"{name}.excl_vat", price.excl_vat)
        if price.incl_vat is None:
            if has_vat:
                yield Problem(f"{name}.incl_vat", "must be given: a component has VAT")
            continue
        yield from _amount(f"{name}.incl_vat", price.incl_vat)
        if price.incl_vat < price.excl_vat:
            yield Problem(f"{name}.incl_vat", "must not be less than excl_vat")
    least, most = tariff.min_price, tariff.max_price
    if least is not None and most is not None:
        if least.excl_vat > most.excl_vat:
            yield Problem("max_price.excl_vat", "must not be less than min_price")
        if least.incl_vat is not None and most.incl_vat is not None and least.incl_vat > most.incl_vat:
            yield Problem("max_price.incl_vat", "must not be less than min_price")
