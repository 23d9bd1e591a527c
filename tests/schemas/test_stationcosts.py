"""What the driver pays by the station's word: with taxes where it names them."""

from decimal import Decimal

import pytest

from schemas.stationcosts import StationAmount


@pytest.mark.parametrize(
    ("excl", "incl", "paid"), [("1", "1.19", "1.19"), ("1", None, "1"), (None, "1.19", "1.19"), (None, None, None)]
)
def test_the_amount_with_taxes_counts_where_it_is_known(excl, incl, paid) -> None:
    amount = StationAmount(
        excl_tax=None if excl is None else Decimal(excl), incl_tax=None if incl is None else Decimal(incl)
    )

    assert amount.for_driver == (None if paid is None else Decimal(paid))
