"""Stopping: the station of a session at its limit is asked once at a time, at most ATTEMPTS times, each time after longer."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.sessionlimits import LimitedSession
from schemas.transactionlimits import TransactionLimit
from schemas.transactions import RemoteStop
from services.sessionlimits.judging import moved
from services.sessionlimits.stopping import (
    ATTEMPTS,
    LONGEST_TRANSACTION_ID,
    OUTCOME_WITHIN,
    PAUSE,
    STATION_GRACE,
    failed,
    is_to_stop,
    judged,
    next_at,
    stop,
)
from tests.services.sessionlimits.records import ENERGY, STATION, minute


def limited(**changes: Any) -> LimitedSession:
    """A session of 10 kWh that has reached them after ten minutes."""
    members: dict[str, Any] = {
        "session": "s1",
        "transaction_id": "77",
        "began_at": minute(0),
        "changed_at": minute(10),
        "limit": ENERGY,
        "energy": moved(None, Decimal(10_000), minute(10)),
    }
    return LimitedSession(**members | changes)


def reached(**changes: Any) -> LimitedSession:
    return limited(reached="energy", value=Decimal(10_000), reached_at=minute(10), **changes)


def test_a_session_at_its_limit_is_to_be_stopped_from_then_on() -> None:
    session = judged(limited(), minute(10))

    assert session == reached()
    assert next_at(session) == minute(10)
    assert is_to_stop(session, minute(10))
    assert not is_to_stop(session, minute(9))


@pytest.mark.parametrize(
    "changes",
    [
        {"over": True},
        {"attempts": ATTEMPTS},
        {"transaction_id": ""},
        {"transaction_id": "x" * (LONGEST_TRANSACTION_ID + 1)},
    ],
)
def test_a_session_that_is_over_was_asked_often_enough_or_cannot_be_named_is_let_go(changes: dict[str, Any]) -> None:
    session = reached(**changes)

    assert next_at(session) is None
    assert not is_to_stop(session, minute(999))


def test_a_station_that_keeps_to_the_limit_itself_is_given_time_and_left_alone_once_it_has_suspended() -> None:
    session = reached(kept=("energy",))

    assert next_at(session) == minute(10) + STATION_GRACE
    assert not is_to_stop(session, minute(10))
    assert is_to_stop(session, minute(10) + STATION_GRACE)
    suspended = replace(session, suspended=True)
    assert next_at(suspended) is None
    assert not is_to_stop(suspended, minute(999))


def test_a_stop_is_awaited_and_no_other_is_asked_for_meanwhile() -> None:
    session, command = stop(reached(), STATION, minute(10))

    assert command.command == RemoteStop(transaction_id="77")
    assert command.expires_at < minute(10) + OUTCOME_WITHIN
    assert next_at(session) == minute(10) + OUTCOME_WITHIN
    assert not is_to_stop(session, minute(11))


def test_each_stop_that_did_not_work_waits_twice_as_long_and_the_next_has_another_id() -> None:
    session, ids = reached(), set()
    for attempt in range(ATTEMPTS):
        session, command = stop(session, STATION, minute(10))
        ids.add(command.id)
        session = failed(session, minute(10))
        assert session.not_before == minute(10) + PAUSE * 2**attempt

    assert len(ids) == ATTEMPTS
    assert next_at(session) is None


def test_a_limit_that_was_raised_is_reached_no_more_unless_somebody_was_asked_to_stop() -> None:
    raised = {"limit": TransactionLimit(max_energy_wh=Decimal(20_000))}
    stopping, _ = stop(reached(), STATION, minute(10))

    assert judged(reached(**raised), minute(11)) == limited(**raised)
    assert judged(replace(stopping, **raised), minute(11)).reached == "energy"
