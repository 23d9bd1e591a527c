"""The operation mode of a session: the newest that its station said counts, whatever comes first and however often."""

from itertools import permutations

import pytest

from tests.services.transactions.records import Station, reported

FACTS = (
    reported("m0", minutes=0, operation_mode="ChargingOnly"),
    reported("m1", minutes=1, event="Updated", seq_no=1, operation_mode="CentralSetpoint"),
    reported("m2", minutes=2, event="Updated", seq_no=2),
    reported("m3", minutes=3, event="Updated", seq_no=3, operation_mode="Idle"),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_newest_mode_counts_in_whatever_order(order) -> None:
    station = Station()
    for at in (*order, *order):
        station.tells(FACTS[at])

    assert station.session.operation_mode == "Idle"


def test_a_session_of_a_station_without_modes_has_none() -> None:
    assert Station(reported("m0")).session.operation_mode == ""
