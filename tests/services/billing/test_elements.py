"""Which element of a tariff is in force at a moment of a session."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.billing.elements import Instant, book_of, in_force
from services.billing.localtime import SECOND_US, micros
from services.billing.uses import HOUR_US, UNITS_PER_WH
from tests.services.billing.building import component, tariff

BERLIN = ZoneInfo("Europe/Berlin")
THURSDAY_NOON = micros(dt.datetime(2026, 1, 1, 11, tzinfo=dt.UTC))
KWH = 1000 * UNITS_PER_WH


def chosen(restrictions: dict[str, Any], *, energy: int = 5 * KWH, duration_s: int = 600, power_kw: int = 11) -> int:
    """The index of the element in force: 0 with these restrictions, 1 without any."""
    elements = (
        {"price_components": [component("ENERGY", "0.10")], "restrictions": restrictions},
        {"price_components": [component("ENERGY", "0.30")]},
    )
    now = Instant(THURSDAY_NOON, duration_s * SECOND_US, energy, power_kw * KWH, HOUR_US)
    found = in_force(book_of(tariff(*elements)).elements, "ENERGY", now, BERLIN)
    assert found is not None
    return found.place


@pytest.mark.parametrize(
    ("restrictions", "place"),
    [
        ({"start_time": "12:00", "end_time": "13:00"}, 0),
        ({"start_time": "11:00", "end_time": "12:00"}, 1),
        ({"start_time": "22:00", "end_time": "12:30"}, 0),
        ({"day_of_week": ["THURSDAY"]}, 0),
        ({"day_of_week": ["FRIDAY"]}, 1),
        ({"start_date": "2026-01-01", "end_date": "2026-01-02"}, 0),
        ({"end_date": "2026-01-01"}, 1),
        ({"min_kwh": 5}, 0),
        ({"max_kwh": 5}, 1),
        ({"min_power": 11}, 0),
        ({"max_power": 11}, 1),
        ({"min_duration": 600}, 0),
        ({"max_duration": 600}, 1),
    ],
)
def test_minimum_is_inclusive_and_maximum_exclusive(restrictions: dict[str, Any], place: int) -> None:
    assert chosen(restrictions) == place


def test_a_dimension_without_a_price_has_no_element() -> None:
    book = book_of(tariff({"price_components": [component("ENERGY", "0.10")]}))

    assert in_force(book.elements, "TIME", Instant(0, 0, 0, 0, 1), BERLIN) is None
