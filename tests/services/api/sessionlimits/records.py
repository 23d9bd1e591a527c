"""Builders of limited sessions."""

from decimal import Decimal
from typing import Any

from schemas.sessionlimits import SessionLimitChanged
from schemas.transactionlimits import TransactionLimit
from tests.services.api.builders import NOON, STATION


def a_limit(**override: Any) -> SessionLimitChanged:
    given: dict[str, Any] = {
        "id": "l1",
        "station": STATION,
        "session": "s1",
        "revision": 1,
        "transaction_id": "77",
        "token": "04A2B3C4D5",
        "limit": TransactionLimit(max_cost=Decimal(20), currency="EUR", max_time_s=7200),
        "station_limit": TransactionLimit(max_energy_wh=Decimal(5000)),
        "status": "watched",
        "changed_at": NOON,
    }
    return SessionLimitChanged(**{**given, **override})
