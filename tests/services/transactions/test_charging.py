"""Charging states: from the events of 2.x and from the connector statuses of 1.6, each at its own time."""

import pytest
from msgspec.structs import replace

from schemas.states.transactions import SessionState, StationTransactions
from services.transactions.charging import (
    SIGNS_OF_LIFE,
    STATES_16,
    charging_before_start,
    charging_of_event,
    charging_of_status,
    with_charging,
)
from services.transactions.places import add_status
from tests.services.transactions.records import Station, after, start_16, started, status_16, updated


def running() -> tuple[StationTransactions, SessionState]:
    state = Station(start_16()).state
    (session,) = state.sessions
    return state, session


def test_an_event_tells_its_charging_state_at_its_own_time_and_one_without_tells_none() -> None:
    _, session = running()
    event = updated(charging_state="SuspendedEV")

    (record,) = charging_of_event(event, session, 1)

    assert (record.state, record.at, record.session, record.evse) == ("SuspendedEV", event.at, session.session, 1)
    assert charging_of_event(started(charging_state=""), session, 1) == []


@pytest.mark.parametrize(("word", "state_2x"), STATES_16.items())
def test_a_status_of_its_connector_is_the_charging_state_of_the_session_there(word: str, state_2x: str) -> None:
    state, session = running()

    found = charging_of_status(state, status_16(word, 3))

    assert found is not None
    before, changed, record = found
    assert (before, changed.charging_state, changed.charging_state_at) == (session, state_2x, after(3))
    assert (record.state, record.at, record.session) == (state_2x, after(3), session.session)


@pytest.mark.parametrize(
    "status",
    [
        status_16("Available", 3),
        status_16("Charging", 3, connector=2),
        status_16("Charging", 3, evse=2),
        status_16("Charging", -3),
    ],
)
def test_a_status_of_another_place_or_time_or_of_no_session_tells_nothing(status: object) -> None:
    state, _ = running()

    assert charging_of_status(state, status) is None  # type: ignore[arg-type]


def test_the_newer_of_two_statuses_counts_whichever_is_read_first() -> None:
    _, session = running()

    one = with_charging(with_charging(session, "Charging", after(3)), "SuspendedEV", after(5))
    other = with_charging(with_charging(session, "SuspendedEV", after(5)), "Charging", after(3))

    assert one == other
    assert (one.charging_state, one.alive_at) == ("SuspendedEV", after(5))


def test_what_a_connector_without_a_transaction_may_say_as_well_is_no_sign_of_life() -> None:
    _, session = running()

    alive = {word for word in STATES_16 if with_charging(replace(session, alive_at=None), word, after(3)).alive_at}

    assert alive == SIGNS_OF_LIFE


def test_statuses_that_came_before_the_start_are_applied_with_it() -> None:
    state, session = running()
    state = add_status(state, status_16("Charging", 4))

    changed, records = charging_before_start(state, session)

    assert [(record.state, record.at) for record in records] == [("Charging", after(4))]
    assert changed.charging_state == "Charging"
