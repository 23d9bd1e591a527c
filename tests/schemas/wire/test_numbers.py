"""JSON numbers are exact decimals within bounds."""

from decimal import Decimal

import pytest

from schemas.wire.numbers import number_hook, number_token, number_type


def test_a_number_keeps_every_digit() -> None:
    assert str(number_token("0.10")) == "0.10"


@pytest.mark.parametrize("text", ["1e309", "1e-400", "1" * 65, "1e" + "9" * 30])
def test_absurd_numbers_are_out_of_range(text: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        number_token(text)


def test_a_number_is_checked_against_the_bounds_of_its_schema() -> None:
    tenths = number_type(0, 100, 0.1)

    assert number_hook(tenths, Decimal("21.4")) == Decimal("21.4")
    assert number_hook(tenths, 7) == Decimal(7)
    for wrong in (Decimal("21.45"), -1, 101, "7", True):
        with pytest.raises(ValueError, match="Expected"):
            number_hook(tenths, wrong)
