"""What a token limits its sessions to: said once for each change, and again when it changes while they run."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.authorization import AuthorizationDecided, DecisionRecorded, TokenLimitChanged
from schemas.base import Record
from schemas.transactionlimits import TransactionLimit
from services.authorization.core import initial, step
from services.authorization.verdict import Policy
from tests.services.authorization.records import (
    TOKEN,
    TRANSACTION,
    asked,
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


@pytest.mark.usecase("C17", "C17.FR.03", "E16")
def test_a_session_is_told_to_cost_no_more_than_there_is_once() -> None:
    token = Token(PREPAID, topped_up("20"), started("s1"))
    able = {**TRANSACTION, "purpose": "start", "supports": ("cost",)}

    told, recorded = token.feed(asked(**able))
    assert isinstance(told, AuthorizationDecided)
    assert isinstance(recorded, DecisionRecorded)
    assert told.limit == recorded.limit == TransactionLimit(max_cost=Decimal(20), currency="EUR")
    assert token.answer(**able, limit_known=told.limit).limit == TransactionLimit()
    assert token.answer(**TRANSACTION, purpose="start").limit == TransactionLimit(), "the station supports none"
    assert token.answer(**{**able, "purpose": "stop"}).limit == TransactionLimit()


@pytest.mark.usecase("C17", "E16", "C23")
def test_a_top_up_raises_the_limit_of_the_sessions_that_run() -> None:
    token = Token(PREPAID, topped_up("20"), started("s1"))
    token.answer(**TRANSACTION, purpose="start")

    (_, raised) = token.feed(topped_up("10", seconds=20))
    assert isinstance(raised, TokenLimitChanged)
    assert (raised.session, raised.limit.max_cost, raised.station) == ("s1", Decimal(30), "X")


def test_what_one_session_takes_another_has_no_more() -> None:
    token = Token(provisioned(prepaid="EUR", concurrent_sessions=True), topped_up("20"), started("s1"), started("s2"))
    token.answer(**TRANSACTION, purpose="start")
    token.answer(session="s2", transaction_id="78", purpose="start")

    (_, lowered) = token.feed(spent("15", session="s1"))
    assert isinstance(lowered, TokenLimitChanged)
    assert (lowered.session, lowered.limit.max_cost) == ("s2", Decimal(5))


def test_a_tokens_own_limits_hold_besides_its_credit_and_follow_their_change() -> None:
    own = TransactionLimit(max_cost=Decimal(5), max_energy_wh=Decimal(1000))
    token = Token(provisioned(prepaid="EUR", limits=own), topped_up("20"), started("s1"))
    supports = ("cost", "energy")

    limit = token.answer(**TRANSACTION, purpose="start", supports=supports).limit
    assert limit == TransactionLimit(max_cost=Decimal(5), currency="EUR", max_energy_wh=Decimal(1000))

    (changed,) = token.feed(provisioned(prepaid="EUR", seconds=50))
    assert isinstance(changed, TokenLimitChanged)
    assert changed.limit == TransactionLimit(max_cost=Decimal(20), currency="EUR")
