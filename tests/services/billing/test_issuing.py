"""Rounded once: amounts are exact until the total, which is rounded halves up; parts as shown and the rounding make the total."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.tariffs import Price
from services.billing.issuing import credit_of
from tests.examples import examples
from tests.services.billing.building import LONG_AGO, bill, component, element, local, price, tariff, totals
from tests.services.billing.records import after, ended, metered, rated, reading, version

NOON = local("2026-06-01T12:00")
DAYS = tariff(
    element(component("ENERGY", "0.39"), start_time="22:00", end_time="06:00"), element(component("ENERGY", "0.59"))
)


def halves_up(exact: Fraction, digits: int = 2) -> Decimal:
    """From first principles: the nearest, of two the greater."""
    return Decimal((exact * 10**digits + Fraction(1, 2)).__floor__()).scaleb(-digits)


@pytest.mark.parametrize(
    ("per_kwh", "wh", "total"),
    [
        ("0.45", "2211", "0.99"),  # 0.99495: to four decimals 0.9950, and that would be a cent more
        ("0.55", "10809", "5.94"),  # 5.94495
        ("0.39", "1410", "0.55"),  # 0.5499
        ("0.49", "41010", "20.09"),  # 20.0949
        ("0.33", "4530", "1.49"),  # 1.4949
        ("0.25", "180", "0.05"),  # 0.045: a half goes up
        ("0.50", "10", "0.01"),  # 0.005: and so does this one
        ("0.45", "3433", "1.54"),  # 1.54485
    ],
)
def test_a_bill_of_whole_wh_is_rounded_once(per_kwh: str, wh: str, total: str) -> None:
    rating = bill(tariff(element(component("ENERGY", per_kwh))), NOON, (60, str(Decimal(wh) / 1000), "charging"))

    assert halves_up(Fraction(per_kwh) * int(wh) / 1000) == Decimal(total)
    assert totals(rating) == (total, None)


def test_several_parts_are_added_before_anything_is_rounded() -> None:
    """2.009 kWh at 0.50 are 1.0045, an hour is 2.00444, both 3.00894; each part rounded to cents and added would be 3.00."""
    both = tariff(element(component("ENERGY", "0.50")), element(component("TIME", "2.00444")))

    rating = bill(both, NOON, (60, "2.009", "charging"))

    assert totals(rating) == ("3.01", None)
    assert rating.costs.rounding == Price(excl_vat=Decimal("0.0011"))  # 1.0045 and 2.0044 are shown


def test_a_price_that_changes_between_two_readings_is_exact() -> None:
    """7 kWh in three hours over 22:00, the readings at the ends: two thirds at 0.59 and a third at 0.39 are 3.663333."""
    rating = bill(DAYS, local("2026-06-01T20:00"), (180, "7", "charging"))

    assert totals(rating) == ("3.66", None)
    assert [str(line.cost.excl_vat) for period in rating.periods for line in period.lines] == ["2.7533", "0.9100"]
    assert rating.costs.rounding == Price(excl_vat=Decimal("-0.0033"))


def test_the_total_with_vat_is_rounded_from_its_own_exact_amount() -> None:
    """0.125 at 20 %: 0.13 without, 0.15 with; 20 % on top of the rounded 0.13 would be 0.16."""
    rating = bill(tariff(element(component("ENERGY", "0.25", vat="20"))), NOON, (60, "0.5", "charging"))

    assert totals(rating) == ("0.13", "0.15")
    assert rating.costs.rounding == Price(excl_vat=Decimal("0.0050"), incl_vat=Decimal("0.0000"))


def test_a_minimum_is_shown_as_what_it_adds_and_the_parts_still_add_up() -> None:
    rating = bill(tariff(element(component("ENERGY", "0.33")), min_price=price("1.00")), NOON, (60, "1", "charging"))

    assert totals(rating) == ("1.00", None)
    assert (str(rating.costs.energy.excl_vat), str(rating.costs.adjustment.excl_vat)) == ("0.3300", "0.6700")
    assert rating.costs.rounding == Price(excl_vat=Decimal("0.0000"))


@pytest.mark.parametrize(("currency", "total"), [("JPY", "1"), ("KWD", "1.235"), ("EUR", "1.23")])
def test_each_currency_is_rounded_to_its_own_minor_unit(currency: str, total: str) -> None:
    rating = bill(tariff(element(component("ENERGY", "1.2345")), currency=currency), NOON, (60, "1", "charging"))

    assert totals(rating) == (total, None)


def test_a_credit_takes_the_rounding_back_too() -> None:
    billing = rated(by=tariff(element(component("ENERGY", "0.45"))))
    billing.tell(metered(reading(0, 0), reading(60, 2211)), ended(60, 0, 2211))
    (cdr,) = billing.cdrs()

    credit = credit_of(cdr, at=after(90))

    assert cdr.costs is not None
    assert credit.costs is not None
    assert (cdr.costs.rounding, credit.costs.rounding) == (
        Price(excl_vat=Decimal("-0.0050")),
        Price(excl_vat=Decimal("0.0050")),
    )


def test_a_record_of_before_is_not_corrected_for_the_way_its_parts_were_rounded() -> None:
    """Its total stands; where a cent was too much, the next correction takes it back."""
    billing = rated(by=version(tariff(element(component("ENERGY", "0.50"))), 1, LONG_AGO))
    billing.tell(metered(reading(0, 1000), reading(60, 11000)), ended())
    (cdr,) = billing.cdrs()
    assert cdr.costs is not None
    before = replace(cdr, costs=replace(cdr.costs, rounding=None, energy=Price(excl_vat=Decimal("5.0001"))))
    billing.tell(before)

    assert billing.tell(ended(anomalies=("clock-suspect",), changed_at=after(90), revision=5)) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.integers(0, 9000), st.sampled_from(["charging", "parking"])), min_size=1
    ),
    st.integers(0, 9999),
    st.integers(0, 9999),
    st.integers(0, 9999),
    st.sampled_from(["0", "5.2", "7", "19", "7.7"]),
)
@settings(deadline=None, max_examples=examples(200))
def test_the_total_is_the_exact_sum_rounded_once(
    pieces: list[tuple[int, int, str]], per_kwh: int, per_hour: int, parked: int, vat: str
) -> None:
    prices = [Decimal(each).scaleb(-4) for each in (per_kwh, per_hour, parked)]
    by = tariff(
        element(
            component("ENERGY", prices[0], vat=vat),
            component("TIME", prices[1], vat=vat),
            component("PARKING_TIME", prices[2], vat=vat),
        )
    )

    rating = bill(by, NOON, *((minutes, str(Decimal(wh) / 1000), use) for minutes, wh, use in pieces))

    exact = Fraction(prices[0]) * sum(wh for _, wh, _ in pieces) / 1000
    for minutes, _, use in pieces:
        exact += Fraction(prices[1] if use == "charging" else prices[2]) * minutes / 60
    assert rating.costs.total.excl_vat == halves_up(exact)
    assert rating.costs.total.incl_vat == halves_up(exact * (100 + Fraction(vat)) / 100)
    assert rating.costs.total.excl_vat == rating.costs.total.excl_vat.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_no_bill_of_whole_wh_is_a_cent_too_high() -> None:
    """Every tenth Wh up to 40 kWh at one price: each is the exact amount rounded once."""
    for wh in range(5, 40_000, 10):
        rating = bill(tariff(element(component("ENERGY", "0.47"))), NOON, (60, str(Decimal(wh) / 1000), "charging"))
        assert rating.costs.total.excl_vat == halves_up(Fraction(47 * wh, 100_000))
