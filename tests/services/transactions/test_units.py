"""Units of stations are converted to canonical ones, exactly."""

from decimal import Decimal

import pytest

from services.transactions.units import canonical_unit, convert


@pytest.mark.parametrize(
    ("value", "unit", "multiplier", "expected"),
    [
        ("1.5", "kWh", 0, ("1500.0", "Wh")),
        ("1.5", "KWH", 0, ("1500.0", "Wh")),
        ("15", "Wh", 2, ("1.5E+3", "Wh")),
        ("212", "Fahrenheit", 0, ("100.000", "Celsius")),
        ("273.15", "K", 0, ("0.00", "Celsius")),
        ("20", "Celcius", 0, ("20", "Celsius")),
        ("7", "furlong", 0, ("7", "")),
    ],
)
def test_a_value_is_brought_to_its_canonical_unit(
    value: str, unit: str, multiplier: int, expected: tuple[str, str]
) -> None:
    converted, canonical = convert(Decimal(value), unit, multiplier)

    assert (converted, canonical) == (Decimal(expected[0]), expected[1])


def test_a_measurand_has_one_unit_and_an_unknown_one_none() -> None:
    assert canonical_unit("Energy.Active.Import.Register") == "Wh"
    assert canonical_unit("Power.Factor") == ""
    assert canonical_unit("Happiness") is None
