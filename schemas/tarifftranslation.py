"""Tariff translation: a provisioned OCPI tariff as a 2.1 station computes by it (TariffType), and in words for drivers. PURE.

Both choose, for each dimension, the first price whose conditions are met, so prices translate one by one. What OCPP 2.1 cannot say is
named, and such a tariff is not sent at all: a station that showed another price than the bill would be worse than one that shows none.
OCPI prices time by the hour and OCPP by the minute: the price of a minute is rounded to eight decimals, which is less than a thousandth of
the currency in 90 days.
"""

import hashlib
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.stationtariffs import (
    TARIFF_ID_MOST,
    CostLimit,
    EnergyPrice,
    EnergyPrices,
    FixedConditions,
    FixedPrice,
    FixedPrices,
    StationTariff,
    TariffConditions,
    TariffText,
    TaxRate,
    TimePrice,
    TimePrices,
)
from schemas.tariffs import Dimension, Price, PriceComponent, Restrictions, Tariff

VAT = "VAT"
"""The type of the tax of translated tariffs: OCPI knows no other."""

MINUTE_DIGITS = Decimal("0.00000001")
MINUTES_PER_HOUR, W_PER_KW = 60, 1_000
LANGUAGE = "en"
TEXT_MOST = 1_024

_DAYS = {day.upper(): day for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")}
_UNITS: dict[Dimension, str] = {
    "FLAT": "per session",
    "ENERGY": "per kWh",
    "TIME": "per hour of charging",
    "PARKING_TIME": "per hour of parking",
}


class Inexpressible(NamedTuple):
    """What OCPP 2.1 has no words for: the paths of the members in the provisioned tariff, each with the reason."""

    problems: tuple[str, ...]

    def __str__(self) -> str:
        """In one line."""
        return "; ".join(self.problems)


class _Priced(NamedTuple):
    """A component of one dimension, with its path and the restrictions of its element."""

    path: str
    component: PriceComponent
    restrictions: Restrictions | None


@lru_cache(maxsize=1_024)
def station_tariff(tariff: Tariff) -> StationTariff | Inexpressible:
    """The tariff as a 2.1 station understands it, valid at once; or what cannot be said. Equal prices give equal ids."""
    found = tuple(_problems(tariff))
    if found:
        return Inexpressible(found)
    energy, time, parking, flat = (_of(tariff, each) for each in ("ENERGY", "TIME", "PARKING_TIME", "FLAT"))
    made = StationTariff(
        tariff_id="-",
        currency=tariff.currency,
        description=(TariffText(language=LANGUAGE, content=described(tariff)),),
        energy=EnergyPrices(
            prices=tuple(
                EnergyPrice(price_kwh=_plain(each.component.price), conditions=_conditions(each)) for each in energy
            ),
            tax_rates=_taxes(energy),
        )
        if energy
        else None,
        charging_time=_times(time),
        idle_time=_times(parking),
        fixed_fee=FixedPrices(
            prices=tuple(
                FixedPrice(price_fixed=_plain(each.component.price), conditions=_fixed(each)) for each in flat
            ),
            tax_rates=_taxes(flat),
        )
        if flat
        else None,
        min_cost=_limit(tariff.min_price),
        max_cost=_limit(tariff.max_price),
    )
    return replace(made, tariff_id=_id_of(tariff, made))


def _id_of(tariff: Tariff, made: StationTariff) -> str:
    """I08.FR.08: other content has another id; the name and version of the provisioned tariff are there to be read."""
    digest = hashlib.blake2b(msgspec.json.encode(made), digest_size=6).hexdigest()
    tail = f".{tariff.version}-{digest}"
    return tariff.tariff[: TARIFF_ID_MOST - len(tail)] + tail


def _of(tariff: Tariff, dimension: Dimension | str) -> tuple[_Priced, ...]:
    return tuple(
        _Priced(f"elements[{place}].price_components[{number}]", component, element.restrictions)
        for place, element in enumerate(tariff.elements)
        for number, component in enumerate(element.price_components)
        if component.type == dimension
    )


def _times(priced: tuple[_Priced, ...]) -> TimePrices | None:
    if not priced:
        return None
    prices = tuple(
        TimePrice(price_minute=_minute(each.component.price), conditions=_conditions(each)) for each in priced
    )
    return TimePrices(prices=prices, tax_rates=_taxes(priced))


def _minute(hour: Decimal) -> Decimal:
    return _plain((hour / MINUTES_PER_HOUR).quantize(MINUTE_DIGITS, rounding=ROUND_HALF_EVEN))


def _plain(value: Decimal) -> Decimal:
    """Without zeros at its end, so that equal prices are equal on the wire."""
    return value.normalize()


def _taxes(priced: tuple[_Priced, ...]) -> tuple[TaxRate, ...]:
    vat = priced[0].component.vat
    return () if vat is None else (TaxRate(type=VAT, tax=_plain(vat)),)


def _limit(price: Price | None) -> CostLimit | None:
    return (
        None
        if price is None
        else CostLimit(
            excl_tax=_plain(price.excl_vat), incl_tax=None if price.incl_vat is None else _plain(price.incl_vat)
        )
    )


def _calendar(limits: Restrictions) -> dict[str, Any]:
    return {
        "start_time_of_day": limits.start_time,
        "end_time_of_day": limits.end_time,
        "day_of_week": tuple(_DAYS[day] for day in limits.day_of_week),
        "valid_from_date": limits.start_date,
        "valid_to_date": limits.end_date,
    }


def _conditions(priced: _Priced) -> TariffConditions | None:
    limits = priced.restrictions
    if limits is None:
        return None
    made = TariffConditions(
        **_calendar(limits),
        min_energy=_thousand(limits.min_kwh),
        max_energy=_thousand(limits.max_kwh),
        min_power=_thousand(limits.min_power),
        max_power=_thousand(limits.max_power),
        min_time=limits.min_duration,
        max_time=limits.max_duration,
    )
    return None if made == TariffConditions() else made


def _thousand(kilo: Decimal | None) -> Decimal | None:
    return None if kilo is None else _plain(kilo * W_PER_KW)


def _fixed(priced: _Priced) -> FixedConditions | None:
    made = FixedConditions(**_calendar(priced.restrictions)) if priced.restrictions is not None else FixedConditions()
    return None if made == FixedConditions() else made


# -- what cannot be said ----------------------------------------------------------------------------------------------


def _problems(tariff: Tariff) -> Iterator[str]:
    for dimension in ("ENERGY", "TIME", "PARKING_TIME", "FLAT"):
        priced = _of(tariff, dimension)
        for each in priced:
            if dimension != "FLAT" and each.component.step_size > 1:
                yield f"{each.path}.step_size: OCPP 2.1 bills exact amounts, without steps"
            if each.component.vat != priced[0].component.vat:
                yield f"{each.path}.vat: in OCPP 2.1 all prices of {dimension} have the same VAT"
            if dimension == "PARKING_TIME" and each.restrictions is not None and each.restrictions.suspended_evse:
                yield f"{_element(each.path)}.restrictions.suspended_evse: OCPP 2.1 has no such condition"
        if dimension == "FLAT":
            yield from _of_flat(priced)


def _of_flat(priced: tuple[_Priced, ...]) -> Iterator[str]:
    """A fixed fee of OCPP is judged once, at the start; that of OCPI is due whenever its element comes into force first."""
    for each in priced:
        limits = each.restrictions or Restrictions()
        for name in ("min_kwh", "max_kwh", "min_power", "max_power", "min_duration", "max_duration"):
            if getattr(limits, name) is not None:
                yield f"{_element(each.path)}.restrictions.{name}: OCPP 2.1 judges a FLAT price at the start alone"
    if priced and all(_fixed(each) is not None for each in priced):
        yield f"{priced[0].path}: OCPP 2.1 judges a FLAT price at the start alone; add one without restrictions"


def _element(path: str) -> str:
    return path.partition(".")[0]


# -- in words ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1_024)
def described(tariff: Tariff, most: int = TEXT_MOST) -> str:
    """The tariff in words for drivers, in English: its prices with VAT where it has VAT, and when each counts; `most` characters."""
    prices = [
        f"{_money(component, tariff.currency)} {_UNITS[component.type]}{_when(element.restrictions)}"
        for element in tariff.elements
        for component in element.price_components
    ]
    limits = ((tariff.min_price, "at least"), (tariff.max_price, "at most"))
    prices += [f"{word} {_amount(_shown(price))} {tariff.currency}" for price, word in limits if price is not None]
    taxed = any(component.vat is not None for element in tariff.elements for component in element.price_components)
    text = (f"{tariff.label}: " if tariff.label else "") + "; ".join(prices) + (". VAT included." if taxed else ".")
    return text if len(text) <= most else text[: most - 3] + "..."


def _money(component: PriceComponent, currency: str) -> str:
    with_vat = component.price * (100 + (component.vat or 0)) / 100
    return f"{_amount(with_vat)} {currency}"


def _shown(price: Price) -> Decimal:
    return price.excl_vat if price.incl_vat is None else price.incl_vat


def _amount(value: Decimal) -> str:
    """Two decimals, or as many as it has, four at most."""
    text = f"{value:.4f}".rstrip("0")
    whole, _, part = text.partition(".")
    return f"{whole}.{part:0<2}"


def _when(limits: Restrictions | None) -> str:
    if limits is None:
        return ""
    told = [
        f"{limits.start_time or '00:00'}-{limits.end_time or '24:00'}" if limits.start_time or limits.end_time else "",
        ", ".join(_DAYS[day] for day in limits.day_of_week),
        _span("day", limits.start_date, limits.end_date, ""),
        _span("energy", limits.min_kwh, limits.max_kwh, " kWh"),
        _span("power", limits.min_power, limits.max_power, " kW"),
        _span("time", _minutes(limits.min_duration), _minutes(limits.max_duration), " min"),
    ]
    words = [each for each in told if each]
    return f" ({', '.join(words)})" if words else ""


def _span(what: str, least: object, most: object, unit: str) -> str:
    begin = f"from {least}{unit}" if least is not None else ""
    end = f"until {most}{unit}" if most is not None else ""
    return f"{what} {begin} {end}".replace("  ", " ").rstrip() if begin or end else ""


def _minutes(seconds: int | None) -> str | None:
    return None if seconds is None else f"{Decimal(seconds) / 60:.1f}".removesuffix(".0")
