"""A session in the ledger, and the same session as the CSMS shows it."""

from datetime import UTC, datetime
from decimal import Decimal

from loadtest.proof.ledger import Entry, Found

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def entry(**other: object) -> Entry:
    values = {
        "station": "A",
        "transaction_id": "1",
        "state": "ended",
        "started_at": AT,
        "meter_start_wh": 1_000,
        "meter_stop_wh": 1_161,
        "facts": 7,
    }
    return Entry(**(values | other))


def found(**other: object) -> Found:
    values = {
        "session": "s1",
        "station": "A",
        "transaction_id": "1",
        "status": "ended",
        "energy_wh": Decimal(161),
        "started_at": AT,
    }
    return Found(**(values | other))
