"""What of a bill is not paid."""

from decimal import Decimal

import pytest

from services.api.payments.rows import payment_row_of
from services.api.payments.usecases import owed
from tests.services.api.builders import a_payment
from tests.services.api.cdrs.test_routes import a_cdr, unrated


@pytest.mark.usecase("C22")
@pytest.mark.parametrize(
    ("status", "amount", "left"),
    [
        ("settled", "10.00", "0.00"),
        ("settled", "12.00", "-2.00"),
        ("failed", "10.00", "10.00"),
        ("cancelled", "0", "10.00"),
        ("authorized", None, "10.00"),
    ],
)
def test_only_what_is_settled_is_paid(status: str, amount: str | None, left: str) -> None:
    payment = payment_row_of(a_payment(status=status, amount=None if amount is None else Decimal(amount)))

    assert owed(payment, a_cdr()) == Decimal(left)


def test_without_a_price_only_a_failed_settlement_says_what_is_owed() -> None:
    assert owed(payment_row_of(a_payment()), unrated()) is None
    assert owed(payment_row_of(a_payment(status="rejected")), None) == Decimal("5.00")
