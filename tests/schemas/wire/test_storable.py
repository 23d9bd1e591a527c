"""Integers are limited to what can be stored."""

from schemas.wire.storable import GREATEST_INTEGER, integer_bounds


def test_numbers_of_evses_and_connectors_are_unsigned_16_bit() -> None:
    assert integer_bounds("EVSEType.id") == integer_bounds("MeterValues.connectorId") == (0, 65_535)


def test_all_other_integers_have_64_bits() -> None:
    assert integer_bounds("IdTokenType.id") == (-GREATEST_INTEGER, GREATEST_INTEGER)
