"""Money: exact amounts, and their rounding so that the rounded parts add up. PURE.

An amount is a whole number of grains (a Fraction where a price changes between two readings): a grain is a part of the currency
so small that every price of a tariff, with and without VAT, is a whole number of grains for each unit of a course. So nothing is
rounded before the total, which is rounded once.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from schemas.tariffs import Price

Rational = int | Fraction

SHOWN_DIGITS = 4
"""Decimals of parts and lines, as many as OCPI has."""

_MINOR_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "XAF", "XOF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of currencies that do not have two (ISO 4217)."""


_TWICE = tuple(2 * 10**digits for digits in range(SHOWN_DIGITS + 1))

_ZERO = tuple(Decimal(0).scaleb(-digits) for digits in range(SHOWN_DIGITS + 1))


class Amount(NamedTuple):
    """An amount without and with VAT, in grains, both exact."""

    excl: Rational
    incl: Rational

    def plus(self, other: "Amount") -> "Amount":
        """The sum."""
        return Amount(self.excl + other.excl, self.incl + other.incl)

    def less(self, other: "Amount") -> "Amount":
        """The difference."""
        return Amount(self.excl - other.excl, self.incl - other.incl)


NOTHING = Amount(0, 0)


class Purse(NamedTuple):
    """Rounds amounts of one tariff: `grains` make one unit of its currency; without VAT there is no amount with VAT."""

    grains: int
    minor_digits: int
    has_vat: bool

    def shown(self, amount: Amount, digits: int = SHOWN_DIGITS) -> Price:
        """The amount with so many decimals."""
        return Price(
            excl_vat=round_half_up(amount.excl, self.grains, digits),
            incl_vat=round_half_up(amount.incl, self.grains, digits) if self.has_vat else None,
        )

    def total(self, amount: Amount) -> Price:
        """The amount in whole minor units of the currency: the only rounding that is billed."""
        return self.shown(amount, self.minor_digits)


def minor_digits(currency: str) -> int:
    """Decimals of the smallest amount of a currency that is billed."""
    return _MINOR_DIGITS.get(currency, 2)


def round_half_up(numerator: Rational, denominator: int, digits: int) -> Decimal:
    """A quotient with so many decimals, halves away from zero."""
    if not numerator:
        return _ZERO[digits]
    doubled = abs(numerator) * _TWICE[digits]
    whole = int((doubled + denominator) // (2 * denominator))
    return Decimal(-whole if numerator < 0 else whole).scaleb(-digits)


def share(whole: Rational, part: Rational, of: Rational) -> Rational:
    """The exact share of a part; an integer where possible."""
    product = whole * part
    if isinstance(product, int) and isinstance(of, int):
        quotient, rest = divmod(product, of)
        return Fraction(product, of) if rest else quotient
    exact = Fraction(product) / of
    return exact.numerator if exact.denominator == 1 else exact


def difference(whole: Price, parts: Sequence[Price]) -> Price:
    """The whole minus the sum of the parts."""
    excl, incl = whole.excl_vat, whole.incl_vat
    for part in parts:
        excl -= part.excl_vat
        if incl is not None and part.incl_vat is not None:
            incl -= part.incl_vat
    return Price(excl_vat=excl, incl_vat=incl)
