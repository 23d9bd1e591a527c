"""What a session is limited to, and what its station keeps to."""

from decimal import Decimal

from schemas.states.transactions import SessionLimits, SessionState, SetLimit
from schemas.transactionlimits import TransactionLimit
from services.transactions.limits import is_within, kept_by_station, limit_of, station_limit
from tests.services.transactions.records import after

SESSION = SessionState(
    session="s1",
    transaction_id="1",
    first_at=after(0),
    last_at=after(0),
    limits=SessionLimits(
        token=TransactionLimit(max_cost=Decimal(20), currency="EUR", max_time_s=600),
        ordered=TransactionLimit(max_cost=Decimal(30), max_soc_percent=80),
        station=(
            SetLimit(kind="cost", value=Decimal(15), at=after(1)),
            SetLimit(kind="time", value=Decimal(900), at=after(1)),
            SetLimit(kind="energy", value=Decimal(5), at=after(1)),
        ),
    ),
)


def test_the_stricter_of_token_and_order_limits_it() -> None:
    assert limit_of(SESSION) == TransactionLimit(
        max_cost=Decimal(20), currency="EUR", max_time_s=600, max_soc_percent=80
    )


def test_its_station_keeps_to_what_it_says_as_strictly_or_stricter() -> None:
    assert station_limit(SESSION) == TransactionLimit(max_cost=Decimal(15), max_energy_wh=Decimal(5), max_time_s=900)
    assert kept_by_station(SESSION) == ("cost",)


def test_what_is_not_known_is_within_nothing() -> None:
    assert not is_within(None, 5)
    assert not is_within(5, None)
    assert is_within(5, 5)
