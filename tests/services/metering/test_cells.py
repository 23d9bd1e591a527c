"""Values are converted to columns, and what does not fit is poison."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.base import Poison
from services.metering import cells

NOON = dt.datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)


def test_times_are_whole_micro_and_milliseconds() -> None:
    assert cells.micros([NOON]) == [cells.us(NOON)] == [1_767_268_800_123_456]
    assert cells.millis([NOON, NOON]) == [1_767_268_800_123] * 2


@pytest.mark.parametrize("at", [dt.datetime(1969, 12, 31, tzinfo=dt.UTC), dt.datetime(2106, 1, 1, tzinfo=dt.UTC)])
def test_a_time_out_of_range_is_poison(at: dt.datetime) -> None:
    for convert in (cells.micros, cells.millis):
        with pytest.raises(Poison):
            convert([NOON, at])


def test_decimals_have_four_places() -> None:
    assert cells.decimals([Decimal("1.00005"), Decimal(7)]) == ["1.0000", "7.0000"]
    for value in (Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 20):
        with pytest.raises(Poison):
            cells.decimals([value])


def test_a_place_out_of_range_does_not_cost_the_row() -> None:
    assert cells.places([1, None, -1, 70_000]) == [1, None, None, None]
    assert cells.places_or_greatest([1, -1, 70_000]) == [1, 65_535, 65_535]


def test_an_integer_that_its_column_cannot_hold_is_poison() -> None:
    assert cells.wholes("priority")([0, 255]) == [0, 255]
    with pytest.raises(Poison, match="priority 256"):
        cells.wholes("priority")([256])
