"""Amounts are exact; what is shown is rounded half up, and the difference is known."""

from decimal import Decimal
from fractions import Fraction

import pytest

from schemas.tariffs import Price
from services.billing.money import Amount, Purse, difference, minor_digits, round_half_up, share


@pytest.mark.parametrize(
    ("numerator", "denominator", "digits", "expected"),
    [(5, 1000, 2, "0.01"), (-5, 1000, 2, "-0.01"), (4, 1000, 2, "0.00"), (1, 3, 4, "0.3333"), (0, 7, 2, "0.00")],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, digits: int, expected: str) -> None:
    assert str(round_half_up(numerator, denominator, digits)) == expected


def test_a_share_is_exact() -> None:
    assert share(10, 1, 2) == 5
    assert share(10, 1, 3) == Fraction(10, 3)


def test_currencies_have_their_own_smallest_amount() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "JPY", "KWD")] == [2, 0, 3]


def test_the_total_is_rounded_to_the_currency_and_has_vat_only_where_prices_do() -> None:
    amount = Amount(12_345, 14_690)

    assert Purse(10_000, 2, has_vat=False).total(amount) == Price(excl_vat=Decimal("1.23"))
    assert Purse(10_000, 2, has_vat=True).total(amount).incl_vat == Decimal("1.47")


def test_the_difference_is_what_the_parts_lack() -> None:
    whole, part = Price(excl_vat=Decimal("1.00")), Price(excl_vat=Decimal("0.33"))

    assert difference(whole, [part, part, part]).excl_vat == Decimal("0.01")
