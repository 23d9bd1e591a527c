"""Builders: tariffs in OCPI's own JSON, and sessions told as what happened one after the other."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from schemas.billing import ChargingStateMark, Sample, SessionUsage
from schemas.tariffs import Price, Tariff, TariffElement
from services.billing.course import Course, SessionTotals, course_of, units
from services.billing.localtime import micros
from services.billing.rating import Rating, rate

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
STATES = {"charging": "Charging", "parking": "SuspendedEV", "withheld": "SuspendedEVSE"}

Piece = tuple[float, str, str]
"""Minutes, kWh, use."""


def local(text: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> dt.datetime:
    """A moment by the clock on the wall of a place."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(dt.UTC)


def tariff(*elements: dict[str, Any], **members: Any) -> Tariff:
    """A tariff of elements as OCPI writes them."""
    given = {"tariff": "t", "version": 1, "currency": "EUR", "provisioned_at": LONG_AGO, **members}
    return Tariff(elements=msgspec.convert(elements, tuple[TariffElement, ...], strict=False), **given)


def price(excl_vat: str, incl_vat: str | None = None) -> Price:
    """A limit of a tariff."""
    return Price(excl_vat=Decimal(excl_vat), incl_vat=None if incl_vat is None else Decimal(incl_vat))


def component(type: str, price: Any, step_size: int = 1, vat: Any = None) -> dict[str, Any]:
    """A price component; prices as text or whole numbers, never floats."""
    return {"type": type, "price": str(price), "step_size": step_size} | ({} if vat is None else {"vat": str(vat)})


def element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    """A tariff element."""
    return {"price_components": list(components)} | ({"restrictions": restrictions} if restrictions else {})


def sample(at: dt.datetime, wh: Decimal) -> Sample:
    """The register at a moment."""
    return Sample(micros(at), units(wh))


def course(began: dt.datetime, *pieces: Piece) -> Course:
    """A session of pieces, each with its minutes, the kWh charged in it, and what the station said it did."""
    at, wh = began, Decimal(0)
    samples, states = [sample(at, wh)], []
    for minutes, kwh, use in pieces:
        states.append(ChargingStateMark(at, STATES[use]))
        at, wh = at + dt.timedelta(minutes=minutes), wh + Decimal(kwh) * 1000
        samples.append(sample(at, wh))
    metered = SessionTotals(began, at, Decimal(0), wh, wh)
    return course_of(metered, SessionUsage(register=tuple(samples), rank=0, states=tuple(states)))


def bill(rated: Tariff, began: dt.datetime, *pieces: Piece, zone: ZoneInfo = BERLIN) -> Rating:
    """What a session of these pieces costs."""
    return rate(course(began, *pieces), rated, zone)


def totals(rating: Rating) -> tuple[str, str | None]:
    """The total without and with VAT, as text to the cent."""
    total = rating.costs.total
    return str(total.excl_vat), None if total.incl_vat is None else str(total.incl_vat)


def billed(rating: Rating, dimension: str) -> list[str]:
    """What was billed of a dimension, period by period: kWh, or minutes."""
    volumes = [line.billed for period in rating.periods for line in period.lines if line.dimension == dimension]
    return [f"{(v / 60 if 'TIME' in dimension else v).normalize():f}" for v in volumes]
