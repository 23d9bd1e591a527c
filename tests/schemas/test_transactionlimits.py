"""Limits of a transaction: the stricter of two, and what may not be asked for."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.transactionlimits import NO_LIMIT, TransactionLimit, kinds_of, limit_faults, only, stricter

LIMITS = st.builds(
    TransactionLimit,
    max_cost=st.none() | st.integers(0, 3).map(Decimal),
    currency=st.sampled_from(["", "EUR", "GBP"]),
    max_energy_wh=st.none() | st.integers(1, 3).map(Decimal),
    max_time_s=st.none() | st.integers(1, 3),
    max_soc_percent=st.none() | st.integers(1, 3),
).map(lambda limit: only(limit, kinds_of(limit)))


@given(one=LIMITS, other=LIMITS)
def test_the_stricter_of_two_is_the_same_whichever_comes_first(one: TransactionLimit, other: TransactionLimit) -> None:
    both = stricter(one, other)

    assert both == stricter(other, one)
    assert stricter(both, one) == both
    assert stricter(one, NO_LIMIT) == one
    assert set(kinds_of(both)) == {*kinds_of(one), *kinds_of(other)}


def test_a_limit_is_cut_to_what_a_station_supports() -> None:
    limit = TransactionLimit(max_cost=Decimal(1), currency="EUR", max_time_s=60)

    assert only(limit, ("time",)) == TransactionLimit(max_time_s=60)
    assert only(limit, ("cost", "soc")) == TransactionLimit(max_cost=Decimal(1), currency="EUR")
    assert only(limit, ()) == NO_LIMIT


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"max_cost": Decimal(0)}, "limit.max_cost"),
        ({"max_cost": Decimal("Infinity")}, "limit.max_cost"),
        ({"max_energy_wh": Decimal("1e9")}, "limit.max_energy_wh"),
        ({"max_time_s": -1}, "limit.max_time_s"),
        ({"max_soc_percent": 101}, "limit.max_soc_percent"),
        ({"currency": "EUR"}, "limit.currency"),
        ({"currency": "euro", "max_cost": Decimal(1)}, "limit.currency"),
    ],
)
def test_what_nobody_can_keep_to_is_named(members: dict[str, Any], fault: str) -> None:
    assert [each.member for each in limit_faults(TransactionLimit(**members), "limit")] == [fault]
    assert list(limit_faults(TransactionLimit(max_cost=Decimal("0.01")), "limit")) == []
