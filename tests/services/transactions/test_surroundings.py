"""Surroundings: boots, connections and refused stops of a station change what is believed of its sessions."""

import datetime as dt

from msgspec.structs import replace

from schemas.base import Due
from schemas.states.transactions import StationTransactions
from services.transactions.surroundings import MAX_REFUSED_STOPS, apply_due, apply_surrounding, due
from tests.services.transactions.records import (
    Station,
    after,
    booted,
    connected,
    disconnected,
    started,
    status_16,
    stop_settled,
)

LIMIT = dt.timedelta(hours=2)
EMPTY = StationTransactions(station="S1")


def charging() -> StationTransactions:
    return Station(connected(-1, epoch=1), started()).state


def told(state: StationTransactions, *records: object) -> StationTransactions:
    for record in records:
        state, _ = apply_surrounding(state, record)  # type: ignore[arg-type]
    return state


def test_nothing_is_presumed_of_a_station_that_is_there_or_that_charges_nothing() -> None:
    assert due(charging(), LIMIT) is None
    assert due(told(EMPTY, disconnected(5, epoch=1)), LIMIT) is None


def test_a_session_is_presumed_over_once_its_station_has_been_away_for_the_limit() -> None:
    state = told(charging(), disconnected(10, epoch=1))
    at = after(10) + LIMIT
    assert due(state, LIMIT) == at

    early = apply_due(state, Due(key="S1", at=at - dt.timedelta(seconds=1)), LIMIT)
    over, outputs = apply_due(state, Due(key="S1", at=at, sent_at=at), LIMIT)

    assert early == (state, [])
    assert outputs != []
    assert due(over, LIMIT) is None


def test_a_station_that_comes_back_is_waited_for_no_longer_and_an_older_connection_counts_for_nothing() -> None:
    away = told(charging(), disconnected(10, epoch=2))

    assert due(told(away, connected(11, epoch=3)), LIMIT) is None
    assert told(away, connected(11, epoch=1)) == away
    assert told(told(away, connected(11, epoch=3)), disconnected(12, epoch=2)).away_since is None


def test_a_disconnection_that_is_read_again_is_as_of_the_first_time() -> None:
    state = told(charging(), disconnected(10, epoch=1), disconnected(30, epoch=1))

    assert state.away_since == after(10)


def test_of_two_boots_the_later_one_counts_whichever_is_read_first() -> None:
    one, two = booted(5, epoch=1), booted(9, epoch=1)

    assert told(EMPTY, one, two).booted_at == told(EMPTY, two, one).booted_at is not None


def test_a_status_that_is_read_again_changes_nothing() -> None:
    state = told(charging(), status_16("Charging", 3))

    assert apply_surrounding(state, status_16("Charging", 3)) == (state, [])


def test_refused_stops_are_kept_for_starts_that_are_read_later_and_no_more_than_so_many() -> None:
    stops = [stop_settled(str(number), number) for number in range(MAX_REFUSED_STOPS + 2)]

    kept = told(EMPTY, *stops).refused_stops

    assert [stop.transaction_id for stop in kept] == [str(number) for number in range(2, MAX_REFUSED_STOPS + 2)]
    assert told(EMPTY, stops[0], replace(stops[0], id="again")).refused_stops == told(EMPTY, stops[0]).refused_stops
