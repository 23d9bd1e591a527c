"""The last statuses of connectors, and the sessions they may belong to."""

import datetime as dt

from schemas.states.transactions import StationTransactions
from services.transactions.places import MAX_WORDS, add_status, connectors_of, is_at, newest, words_of
from tests.services.transactions.records import Station, after, started, status_16

EMPTY = StationTransactions(station="S1")


def test_statuses_are_kept_in_their_order_up_to_a_limit() -> None:
    state = EMPTY
    for minutes in (3, 1, 2, 4, 5):
        state = add_status(state, status_16("Charging", minutes))
    words = words_of(state, 1, 1)

    assert len(words) == MAX_WORDS
    assert [word.at for word in words] == [after(minutes) for minutes in (2, 3, 4, 5)]
    assert newest(words) == words[-1]


def test_a_repeated_status_changes_nothing() -> None:
    state = add_status(EMPTY, status_16("Charging", 1))

    assert add_status(state, status_16("Charging", 1)) is state


def test_an_impossible_time_is_not_taken_over() -> None:
    ahead = status_16("Charging", 1, at=after(1) + dt.timedelta(days=2), received_at=after(1))

    assert words_of(add_status(EMPTY, ahead), 1, 1)[0].at is None


def test_a_session_without_a_connector_may_be_on_any_of_its_evse() -> None:
    station = Station(started(connector=None), status_16("Charging", 1))
    (session,) = station.state.sessions

    assert is_at(session, 1, 1)
    assert is_at(session, 1, 2)
    assert not is_at(session, 2, 1)
    assert not is_at(session, 0, 0)
    assert len(connectors_of(station.state, session)) == 1
