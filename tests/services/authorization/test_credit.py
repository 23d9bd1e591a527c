"""Prepaid credit: what is put on a token, what sessions take from it, what is left; in any order, each record once."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.authorization import AuthorizationDecided
from schemas.base import Record
from schemas.credits import TokenCreditChanged
from services.authorization.core import due, initial, step
from services.authorization.credit import SESSIONS_COUNTED, left_for, most_cost
from services.authorization.verdict import Policy
from tests.services.authorization.records import (
    TOKEN,
    asked,
    at,
    charged,
    ended,
    provisioned,
    spent,
    started,
    topped_up,
)
from tests.services.core import Core

PREPAID = provisioned(prepaid="EUR")


class Token(Core[Any]):
    """One token under test."""

    def __init__(self, *records: Record) -> None:
        super().__init__(initial(TOKEN), lambda state, record: step(state, record, Policy()), *records)

    def answer(self, **request: Any) -> AuthorizationDecided:
        decided = self.feed(asked(**request))[0]
        assert isinstance(decided, AuthorizationDecided)
        return decided

    def balance(self) -> Decimal:
        return next(said for said in reversed(self.said) if isinstance(said, TokenCreditChanged)).balance


@pytest.mark.usecase("C17", "C17.FR.01")
def test_a_prepaid_token_with_credit_is_accepted_and_not_remembered_by_the_station() -> None:
    decided = Token(PREPAID, topped_up()).answer()

    assert (decided.status, decided.cache_until) == ("Accepted", at(10))


@pytest.mark.usecase("C17", "C17.FR.02")
@pytest.mark.parametrize("records", [[], [topped_up("20"), charged("20")], [topped_up("5"), charged("7.5")]])
def test_without_credit_it_is_no_credit_and_not_remembered_either(records: list[Record]) -> None:
    decided = Token(PREPAID, *records).answer()

    assert (decided.status, decided.cache_until) == ("NoCredit", at(10))


def test_a_token_that_is_not_prepaid_needs_no_credit() -> None:
    token = Token(provisioned(), topped_up("1"), charged("99"))

    assert token.answer().status == "Accepted"
    assert most_cost(token.state, "") is None


def test_what_a_bill_takes_a_credit_gives_back() -> None:
    token = Token(PREPAID, topped_up("20"), charged("8", cdr="bill-1"))
    token.feed(charged("-8", cdr="credit-1", seconds=6), charged("5", cdr="bill-2", seconds=6))

    assert token.balance() == Decimal(15)


def test_a_running_session_takes_what_it_costs_until_its_bill_replaces_that() -> None:
    token = Token(PREPAID, topped_up("20"), spent("6", seconds=3), spent("4", seconds=2))
    assert (left_for(token.state, ""), most_cost(token.state, "s1")) == (Decimal(14), Decimal(20))

    token.feed(charged("6.5", seconds=5), spent("6.2", seconds=4))
    assert left_for(token.state, "") == Decimal("13.5")


def test_a_session_that_goes_on_after_its_bill_takes_only_what_was_not_billed() -> None:
    token = Token(PREPAID, topped_up("20"), charged("6", seconds=5), spent("7", seconds=6))

    assert (left_for(token.state, ""), most_cost(token.state, "s1")) == (Decimal(13), Decimal(20))


def test_money_in_another_currency_is_told_and_not_counted() -> None:
    token = Token(PREPAID, topped_up("20"), charged("9", currency="GBP"))

    last = token.said[-1]
    assert isinstance(last, TokenCreditChanged)
    assert (last.balance, last.left_out, last.amount_currency) == (Decimal(20), True, "GBP")


def test_bills_issued_before_the_token_was_prepaid_do_not_count() -> None:
    token = Token(provisioned(prepaid="EUR", seconds=10), topped_up("20", seconds=11), charged("9", seconds=9))

    assert token.balance() == Decimal(20)


def test_credit_in_another_currency_begins_at_nothing() -> None:
    token = Token(PREPAID, topped_up("20"), provisioned(prepaid="USD", seconds=30))

    last = token.said[-1]
    assert isinstance(last, TokenCreditChanged)
    assert (last.currency, last.balance, last.amount, last.cause) == ("USD", Decimal(0), Decimal(-20), "currency")
    assert token.answer(seconds=31).status == "NoCredit"


def test_a_top_up_that_is_read_before_the_token_is_not_lost_nor_forgotten() -> None:
    early = Token(topped_up("20"), started("s9"), ended("s9"))

    assert due(early.state) is None
    early.feed(PREPAID)
    assert early.answer().status == "Accepted"


def test_the_sessions_counted_are_bounded_and_those_that_run_stay() -> None:
    token = Token(PREPAID, topped_up("1000"), spent("3", session="runs"))
    token.feed(*(charged("1", session=f"b{n}", seconds=100 + n) for n in range(SESSIONS_COUNTED + 10)))

    credit = token.state.credit
    assert credit is not None
    assert len(credit.spending) == SESSIONS_COUNTED
    assert left_for(token.state, "") == Decimal(1000 - 3 - SESSIONS_COUNTED - 10)


AMOUNTS = st.sampled_from(["1", "2.5", "7", "12.25"])
SESSIONS = st.sampled_from(["s1", "s2", "s3"])
RECORDS = st.one_of(
    st.builds(lambda a, s: topped_up(a, seconds=s), AMOUNTS, st.integers(1, 9)),
    st.builds(lambda a, s, n: charged(a, session=s, seconds=n), AMOUNTS, SESSIONS, st.integers(1, 9)),
    st.builds(lambda a, s, n: charged(f"-{a}", session=s, seconds=n), AMOUNTS, SESSIONS, st.integers(1, 9)),
    st.builds(lambda a, s, n: spent(a, session=s, seconds=n), AMOUNTS, SESSIONS, st.integers(1, 9)),
)


def _one_word_a_moment(records: list[Record]) -> list[Record]:
    """Each record once by its id: a session costs one thing at one moment."""
    return list({record.id: record for record in records}.values())  # type: ignore[attr-defined]


@given(records=st.lists(RECORDS, max_size=14).map(_one_word_a_moment), data=st.data())
def test_what_is_left_does_not_depend_on_order_or_repeats(records: list[Record], data: st.DataObject) -> None:
    in_order = Token(PREPAID, *records)
    again = data.draw(st.lists(st.sampled_from(records), max_size=8)) if records else []
    shuffled = Token(PREPAID, *data.draw(st.permutations([*records, *again])))

    for session in ("", "s1", "s2", "s3"):
        assert left_for(in_order.state, session) == left_for(shuffled.state, session)
        assert most_cost(in_order.state, session) == most_cost(shuffled.state, session)
    last = [said for said in shuffled.said if isinstance(said, TokenCreditChanged)]
    assert [said.revision for said in last] == list(range(1, len(last) + 1))
    topped = sum((r.amount for r in records if hasattr(r, "ordered_by")), Decimal(0))
    billed = sum((r.amount for r in records if hasattr(r, "cdr")), Decimal(0))
    credit = shuffled.state.credit
    assert credit is not None
    assert credit.balance == topped - billed


def test_the_state_of_a_repeat_is_the_state() -> None:
    token = Token(PREPAID, topped_up("20"), started("s1"), spent("6"), charged("7"))
    before = token.state

    assert token.feed(topped_up("20"), spent("6"), charged("7"), replace(spent("5"), at=at(1))) == []
    assert token.state == before
