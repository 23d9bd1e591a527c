"""The station's own tariff and cost of a session: the newest word counts, whatever comes first and however often."""

from decimal import Decimal
from itertools import permutations

import pytest

from schemas.stationcosts import StationAmount, StationCost
from tests.services.transactions.records import Station, reported


def cost(total: str) -> StationCost:
    return StationCost(currency="EUR", total=StationAmount(excl_tax=Decimal(total)))


FACTS = (
    reported("m0", minutes=0, tariff_id="a"),
    reported("m1", minutes=1, event="Updated", seq_no=1, station_cost=cost("1")),
    reported("m2", minutes=2, event="Updated", seq_no=2, tariff_id="b"),
    reported("m3", minutes=3, event="Ended", seq_no=3, station_cost=cost("3")),
)


@pytest.mark.usecase("I12")
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_newest_word_counts_in_whatever_order(order) -> None:
    station = Station()
    for at in (*order, *order):
        station.tells(FACTS[at])

    newest = station.session
    assert (newest.station_tariff, newest.station_cost) == ("b", cost("3"))


def test_a_session_of_a_station_that_says_nothing_has_neither() -> None:
    station = Station()
    station.tells(reported("m0"))

    assert (station.session.station_tariff, station.session.station_cost) == ("", None)
