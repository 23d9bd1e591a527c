"""Settling: a session that begins in a place ends the one before it there, states are bounded, and only what is seen is published."""

from typing import Any

from msgspec.structs import replace

from schemas.authorization import TokenSessionEnded, TokenSessionStarted
from schemas.base import Record
from schemas.states.transactions import SessionState, StationTransactions
from schemas.transactions import SessionChanged
from services.transactions.sessions import is_active
from services.transactions.settling import MAX_ACTIVE, MAX_ENDED, Cause, comparable, settle
from tests.services.transactions.records import Station, after, ended, started

CAUSE = Cause("cause", "S1", after(60))
EMPTY = StationTransactions(station="S1")


def session(name: str = "tx-1", **changes: Any) -> SessionState:
    (one,) = Station(started(f"m-{name}", transaction_id=name, **changes)).state.sessions
    return one


def statuses(outputs: list[Record]) -> list[tuple[str, str]]:
    return [(each.transaction_id, each.status) for each in outputs if isinstance(each, SessionChanged)]


def test_a_session_that_begins_later_in_the_same_place_ends_the_one_before_it() -> None:
    first, second = session("tx-1"), session("tx-2", minutes=5)

    state, outputs = settle(replace(EMPTY, sessions=(first,)), None, second, CAUSE)

    assert statuses(outputs) == [("tx-1", "presumed-ended"), ("tx-2", "active")]
    assert [is_active(one) for one in state.sessions] == [False, True]


def test_a_session_of_earlier_that_is_read_later_is_over_itself() -> None:
    first, second = session("tx-1"), session("tx-2", minutes=5)

    state, _ = settle(replace(EMPTY, sessions=(second,)), None, first, CAUSE)

    assert {one.transaction_id: is_active(one) for one in state.sessions} == {"tx-2": True, "tx-1": False}


def test_sessions_of_other_places_go_on() -> None:
    first = session("tx-1")
    for other in (session("tx-2", minutes=5, evse=2), session("tx-2", minutes=5, connector=2)):
        state, _ = settle(replace(EMPTY, sessions=(first,)), None, other, CAUSE)

        assert all(is_active(one) for one in state.sessions)


def test_what_nobody_sees_is_not_published_and_is_no_revision() -> None:
    before = replace(session(), revision=4, changed_at=after(1))
    state = replace(EMPTY, sessions=(before,))

    _, same = settle(state, before, replace(before, seen=("another",)), CAUSE)
    _, seen = settle(state, before, replace(before, stopped_reason="Local"), CAUSE)

    assert same == []
    assert [(each.revision, each.changed_at) for each in seen if isinstance(each, SessionChanged)] == [(5, after(60))]


def test_snapshots_are_in_order_of_time_whatever_the_arrival_says() -> None:
    before = replace(session(), revision=4, changed_at=after(90))

    state, _ = settle(replace(EMPTY, sessions=(before,)), before, replace(before, stopped_reason="Local"), CAUSE)

    (changed,) = state.sessions
    assert changed.changed_at is not None
    assert changed.changed_at > after(90)


def test_a_token_is_told_of_when_a_session_begins_and_ends_on_it() -> None:
    station = Station(started(), ended())

    told = [type(each) for each in station.said if isinstance(each, TokenSessionStarted | TokenSessionEnded)]

    assert told == [TokenSessionStarted, TokenSessionEnded]


def test_ended_sessions_are_packed_and_of_too_many_active_ones_the_silent_one_is_presumed_over() -> None:
    ends = Station(
        *(
            record
            for number in range(MAX_ENDED + 2)
            for record in (
                started(f"s{number}", transaction_id=f"tx-{number}", minutes=10 * number),
                ended(f"e{number}", transaction_id=f"tx-{number}", minutes=10 * number + 5),
            )
        )
    ).state
    crowd = Station(*(started(f"s{n}", transaction_id=f"tx-{n}", minutes=n, evse=n + 1) for n in range(MAX_ACTIVE + 1)))

    assert (len(ends.sessions), len(ends.forgotten)) == (MAX_ENDED, 2)
    assert sum(map(is_active, crowd.state.sessions)) == MAX_ACTIVE
    assert [name for name, status in statuses(crowd.said) if status == "presumed-ended"] == ["tx-0"]


def test_revisions_and_times_are_no_part_of_what_a_replay_compares() -> None:
    one, other = (
        replace(EMPTY, sessions=(replace(session(), revision=revision, changed_at=after(revision)),))
        for revision in (1, 2)
    )

    assert comparable(one) == comparable(other)
    assert comparable(one) != comparable(replace(EMPTY, sessions=(session("tx-9"),)))
