"""Spending: what a session costs while it runs, and what its bill takes, are passed on to the credit of its token."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.billing import CdrIssued, Costs
from schemas.credits import TokenCharged, TokenSpent
from schemas.tariffs import Price
from services.sessionlimits.spending import charged, key_of, spent
from tests.services.sessionlimits.records import STATION, TOKEN, costed, minute


def bill(**changes: Any) -> CdrIssued:
    zero = Price(excl_vat=Decimal(0))
    costs = Costs(
        total=Price(excl_vat=Decimal(10), incl_vat=Decimal("11.90")),
        flat=zero,
        energy=zero,
        time=zero,
        parking=zero,
        adjustment=zero,
    )
    return CdrIssued(
        **{
            "id": "cdr-1",
            "session": "s1",
            "station": STATION,
            "version": 1,
            "token": TOKEN,
            "started_at": minute(0),
            "ended_at": minute(60),
            "time_zone": "UTC",
            "currency": "EUR",
            "costs": costs,
            "issued_at": minute(61),
        }
        | changes
    )


@pytest.mark.usecase("C17")
def test_a_bill_is_charged_to_its_token_with_taxes() -> None:
    (one,) = charged(bill())

    assert isinstance(one, TokenCharged)
    assert (one.token, one.amount, one.currency, one.cdr) == (
        "04A2B3",
        Decimal("11.90"),
        "EUR",
        "cdr-1",
    )


@pytest.mark.parametrize("changes", [{"token": None}, {"costs": None, "currency": "", "unrated": "no-tariff"}])
def test_a_bill_of_nobody_or_without_a_tariff_is_none_of_a_credit(changes: dict[str, Any]) -> None:
    assert charged(bill(**changes)) == []


def test_a_bill_that_cannot_be_priced_takes_nothing_so_that_what_ran_is_given_back() -> None:
    (one,) = charged(bill(costs=None, unrated="times-impossible"))

    assert isinstance(one, TokenCharged)
    assert one.amount == 0


def test_what_a_running_session_costs_is_told_under_an_id_of_that_cost() -> None:
    (one,), again, (later,) = spent(costed("1", 1)), spent(costed("1", 1)), spent(costed("2", 2))

    assert isinstance(one, TokenSpent)
    assert (one.token, one.amount, one.currency) == ("04A2B3", Decimal(1), "EUR")
    assert again == [one]
    assert later.id != one.id


def test_a_session_of_nobody_spends_nothing() -> None:
    assert spent(costed("1", 1, token=None)) == []
    assert (key_of(None), key_of(TOKEN)) == ("", "04A2B3")
