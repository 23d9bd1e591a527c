"""Matching: a fact belongs to the session that its content and its times say, however its station numbers transactions."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from services.transactions.matching import (
    LATE_LIMIT,
    REUSE_GAP,
    by_place,
    fact_starts,
    is_nameless,
    is_unknown,
    match_transaction,
    may_end,
    running_on,
    sessions_called,
)
from tests.services.transactions.records import (
    Station,
    after,
    ended,
    meter,
    metered,
    start_16,
    started,
    stop_16,
    updated,
)

DIGEST = "of-another-fact"


def test_a_start_that_is_sent_again_is_the_same_session_and_one_long_after_it_another() -> None:
    state = Station(started()).state
    (session,) = state.sessions
    gap = REUSE_GAP.total_seconds() / 60

    assert match_transaction(state, started("m9", minutes=gap), DIGEST) is session
    assert match_transaction(state, started("m9", minutes=gap + 1), DIGEST) is None


def test_no_two_sessions_have_one_id_where_a_station_mixes_its_numbers_and_its_clock_is_ahead() -> None:
    ahead: dict[str, Any] = {
        "transaction_id": "-1",
        "evse": None,
        "minutes": 14 * 60,
        "seq_no": 0,
        "received_at": after(0),
    }
    station = Station(
        updated("m1", **ahead),
        stop_16("m2", transaction_id="A", meter_wh=Decimal(0)),
        started("m3", **ahead),
    )

    ids = [session.session for session in station.state.sessions]
    assert len(ids) == 2
    assert len(set(ids)) == 2
    assert len({record.id for record in station.said}) == len(station.said)


def test_a_1_6_start_is_known_again_by_what_it_says() -> None:
    state = Station(start_16()).state
    (session,) = state.sessions

    assert match_transaction(state, start_16("m9"), DIGEST) is session
    assert match_transaction(state, start_16("m9", meter_wh=Decimal(1001)), DIGEST) is None
    assert match_transaction(state, start_16("m9", connector=2), DIGEST) is None


def test_an_event_belongs_to_the_session_of_its_number_unless_that_ended_long_ago() -> None:
    running = Station(started()).state
    over = Station(started(), ended()).state
    late = 30 + (LATE_LIMIT + dt.timedelta(minutes=1)).total_seconds() / 60

    assert match_transaction(running, updated(), DIGEST) is running.sessions[0]
    assert match_transaction(over, updated(minutes=29), DIGEST) is over.sessions[0]
    assert match_transaction(over, updated("m9", minutes=late), DIGEST) is None
    assert match_transaction(running, updated(transaction_id="tx-2"), DIGEST) is None


@pytest.mark.parametrize(
    ("fact", "nameless"),
    [
        (start_16(), True),
        (stop_16(transaction_id="0"), True),
        (stop_16(transaction_id="77"), False),
        (updated(transaction_id="0"), False),
    ],
)
def test_a_placeholder_is_no_name_where_the_csms_gives_the_numbers(fact: object, nameless: bool) -> None:
    assert is_nameless(fact) == nameless  # type: ignore[arg-type]


def test_only_a_start_without_a_number_starts_what_has_none() -> None:
    assert fact_starts(start_16())
    assert not fact_starts(started())
    assert not fact_starts(stop_16(transaction_id=None))


def test_an_end_under_a_number_that_was_never_given_is_of_the_only_session_that_it_may_end() -> None:
    one = Station(start_16()).state
    two = Station(start_16(), start_16("m2", evse=2, minutes=1)).state
    stop = stop_16(transaction_id="999999")

    assert by_place(one, stop, DIGEST) is one.sessions[0]
    assert by_place(two, stop, DIGEST) is None
    assert by_place(one, updated(), DIGEST) is None


def test_no_end_is_before_its_start_or_out_of_reach_of_its_register() -> None:
    (session,) = Station(start_16(minutes=10)).state.sessions

    assert may_end(session, stop_16(transaction_id="9"))
    assert not may_end(session, stop_16(transaction_id="9", minutes=5))
    assert not may_end(session, stop_16(transaction_id="9", meter_wh=Decimal(1)))
    assert not may_end(session, stop_16(transaction_id="9", meter_wh=Decimal(10**9)))


def test_meter_values_are_of_nobody_where_their_number_is_no_sessions() -> None:
    state = Station(started()).state

    assert not is_unknown(state, metered(meter(1, 1000), transaction_id="tx-1"))
    assert is_unknown(state, metered(meter(1, 1000), transaction_id="tx-9"))
    assert is_unknown(state, metered(meter(1, 1000), transaction_id=None))


def test_sessions_are_found_by_their_number_and_by_their_evse_while_they_run() -> None:
    state = Station(started(), started("m2", transaction_id="tx-2", evse=2), ended()).state

    assert [session.transaction_id for session in sessions_called(state, "tx-2")] == ["tx-2"]
    assert [session.transaction_id for session in running_on(state, 2)] == ["tx-2"]
    assert running_on(state, 1) == []
