"""Answers to starts, events and stops: limits, which 2.1 alone can be told (E16)."""

from decimal import Decimal

import pytest

from schemas.authorization import AuthorizationDecided
from schemas.transactionlimits import NO_LIMIT, TransactionLimit
from schemas.transactions import TransactionDecided
from tests.gateway.ocpp.building import REPLY_TO, STATION, answered

LIMIT = TransactionLimit(
    max_cost=Decimal("12.5"), currency="EUR", max_energy_wh=Decimal(20000), max_time_s=7200, max_soc_percent=80
)
TOLD = {"maxCost": 12.5, "maxEnergy": 20000, "maxTime": 7200, "maxSoC": 80}


def allowed(limit: TransactionLimit = NO_LIMIT) -> AuthorizationDecided:
    return AuthorizationDecided(
        id="d", station=STATION, reply_to=REPLY_TO, status="Accepted", transaction_id="77", limit=limit
    )


def kept(limit: TransactionLimit = NO_LIMIT, cost: Decimal | None = None) -> TransactionDecided:
    return TransactionDecided(
        id="d", station=STATION, reply_to=REPLY_TO, total_cost=cost, running=cost is not None, limit=limit
    )


@pytest.mark.usecase("E16", "E16.FR.02", "C17", "C17.FR.03", "F07", "F07.FR.02")
def test_a_limit_is_told_with_a_token_and_without_one_beside_the_cost() -> None:
    assert answered("2.1", "TransactionEvent", allowed(LIMIT)) == {
        "idTokenInfo": {"status": "Accepted"},
        "transactionLimit": TOLD,
    }
    assert answered("2.1", "TransactionEvent", kept(LIMIT)) == {"transactionLimit": TOLD}
    assert answered("2.1", "TransactionEvent", kept(LIMIT, Decimal("3.5"))) == {
        "totalCost": 3.5,
        "transactionLimit": TOLD,
    }
    part = TransactionLimit(max_time_s=60)
    assert answered("2.1", "TransactionEvent", kept(part)) == {"transactionLimit": {"maxTime": 60}}
    assert answered("2.1", "TransactionEvent", kept()) == {}


def test_other_versions_have_no_limits() -> None:
    assert answered("2.0.1", "TransactionEvent", allowed(LIMIT)) == {"idTokenInfo": {"status": "Accepted"}}
    assert answered("2.0.1", "TransactionEvent", kept(LIMIT)) == {}
    assert answered("1.6", "StartTransaction", allowed(LIMIT)) == {
        "idTagInfo": {"status": "Accepted"},
        "transactionId": 77,
    }
    assert answered("1.6", "StopTransaction", kept(LIMIT)) == {}
