"""Limited sessions in columns: both limits, each member where there is one."""

from decimal import Decimal

from schemas.sessionlimits import SessionLimitChanged
from schemas.transactionlimits import TransactionLimit
from tests.services.fleet import NOON
from tests.services.metering.rowsof import row_of


def test_a_limit_is_its_members_and_what_is_not_limited_is_null() -> None:
    row = row_of(
        SessionLimitChanged(
            id="l1",
            station="DE-1",
            session="s-1",
            revision=3,
            transaction_id="77",
            token="CARD",
            limit=TransactionLimit(max_cost=Decimal("20.5"), currency="EUR"),
            station_limit=TransactionLimit(max_time_s=60),
            kept_by_station=("cost",),
            status="watched",
            changed_at=NOON,
        ),
        "session_limits",
    )

    assert (row["max_cost"], row["currency"], row["max_time_s"], row["max_energy_wh"]) == ("20.5000", "EUR", None, None)
    assert (row["station_max_time_s"], row["station_max_cost"]) == (60, None)
    assert (row["kept_by_station"], row["token_key"], row["value"]) == (["cost"], "CARD", None)
