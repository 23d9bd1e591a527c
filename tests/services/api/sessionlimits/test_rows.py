"""A limited session as the API gives it."""

from decimal import Decimal

from schemas.transactionlimits import NO_LIMIT
from services.api.sessionlimits.rows import session_limit_of
from tests.services.api.sessionlimits.records import a_limit


def test_what_we_and_the_station_limit_it_to_stand_side_by_side() -> None:
    row = session_limit_of(a_limit())

    assert (row.max_cost, row.currency, row.max_energy_wh, row.max_time_s) == (Decimal(20), "EUR", None, 7200)
    assert (row.station_max_cost, row.station_max_energy_wh) == (None, Decimal(5000))


def test_a_session_without_a_limit_of_ours_has_only_the_station_s() -> None:
    row = session_limit_of(a_limit(limit=NO_LIMIT))

    assert (row.max_cost, row.currency, row.station_max_energy_wh) == (None, "", Decimal(5000))
