"""Which session a station is asked for, when, how often, and when not."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Due, Poison
from schemas.transactions import MeterValuesReported
from schemas.transactionstatus import GetTransactionStatus
from services.transactionstatus.core import ASKED_MOST, FINISHED, SETTLING, WATCHED, initial, step
from tests.services.moments import at
from tests.services.transactionstatus.records import MINUTE, SILENCE, STATION, Station, answer, session, station

UNTIMED = settings(deadline=None)


@pytest.mark.usecase("E14")
def test_a_running_session_of_which_nothing_came_for_a_while_is_asked_for():
    here = Station(station(), session(5))

    query = here.passes()

    assert query is not None
    assert query.command == GetTransactionStatus(transaction_id="tx-1")
    assert query.requested_at == at(5 * MINUTE) + SILENCE
    assert query.when_offline == "fail"


def test_each_sign_of_life_moves_the_question():
    here = Station(station(), session(5), session(20))

    assert here.due_at == at(20 * MINUTE) + SILENCE


def test_while_it_goes_on_it_is_asked_for_less_and_less_often():
    here, waits, last = Station(station(), session(0)), [], at(0)
    for _ in range(10):
        query = here.passes()
        assert query is not None
        waits.append(query.requested_at - last)
        last = query.requested_at
        here.tells(answer(query, (last - at(0)).total_seconds() / MINUTE, ongoingIndicator=True))

    assert waits[:4] == [SILENCE, 2 * SILENCE, 4 * SILENCE, 8 * SILENCE]
    assert waits[-1] == waits[-2] == 64 * SILENCE


@pytest.mark.usecase("E14", "E14.FR.04")
def test_messages_that_wait_are_asked_for_again_soon():
    here = Station(station(), session(0))
    first = here.passes()
    here.tells(answer(first, 31, ongoingIndicator=False, messagesInQueue=True))

    assert here.due_at == at(31 * MINUTE) + SETTLING


def test_one_that_the_station_says_is_over_is_not_asked_for_again_until_it_changes():
    here = Station(station(), session(0))
    here.tells(answer(here.passes(), 31, ongoingIndicator=False))
    over = session(31, status="presumed-ended", anomalies=("over-by-transaction-status",))

    assert here.due_at is None
    here.tells(over)
    assert here.due_at is None
    here.tells(session(40))
    assert here.due_at == at(40 * MINUTE) + SILENCE


@pytest.mark.usecase("E08", "E14")
@pytest.mark.parametrize(
    "over", [{"status": "ended", "missing_events": 2}, {"status": "presumed-ended", "anomalies": ("over-by-status",)}]
)
def test_one_that_is_over_with_something_missing_is_asked_for_until_nothing_waits(over):
    here = Station(station(), session(0), session(10, **over))
    first = here.passes()
    here.tells(answer(first, 13, messagesInQueue=True))
    second = here.passes()
    here.tells(answer(second, 20))

    assert first.requested_at == at(10 * MINUTE) + SETTLING
    assert second.requested_at == at(13 * MINUTE) + SETTLING
    assert here.due_at is None


def test_of_one_that_is_over_messages_that_wait_for_ever_are_not_asked_for_for_ever():
    here = Station(station(), session(10, status="ended", missing_events=2))
    while here.due_at is not None:
        query = here.passes()
        here.tells(answer(query, (query.requested_at - at(0)).total_seconds() / MINUTE, messagesInQueue=True))

    assert len(here.asked) == ASKED_MOST


def test_one_that_ended_whole_is_not_asked_for():
    assert Station(station(), session(0), session(10, status="ended")).due_at is None


@pytest.mark.usecase("E08", "E04")
@pytest.mark.parametrize(
    "back",
    [
        {"disconnected_at": at(10 * MINUTE)},
        {"disconnected_at": at(60 * MINUTE - 5), "booted_at": at(60 * MINUTE)},
    ],
)
def test_a_station_that_was_away_or_booted_is_asked_for_what_ran_once_it_had_time_to_deliver(back):
    here = Station(station(), session(0), station(10, connected=False), station(60, **back))
    query = here.passes()

    spread = query.requested_at - at(60 * MINUTE) - SETTLING
    assert timedelta() <= spread < timedelta(minutes=2)
    assert query.command.transaction_id == "tx-1"


def test_a_station_that_was_away_for_a_moment_is_not():
    here = Station(station(), session(59), station(60, disconnected_at=at(60 * MINUTE - 5)))

    assert here.due_at == at(59 * MINUTE) + SILENCE


def test_nothing_is_asked_of_a_station_that_is_away_nor_where_it_is_switched_off():
    away = Station(station(), session(0), station(10, connected=False))
    off = Station(station(), session(0), silence=timedelta())

    assert (away.due_at, off.due_at) == (None, None)


def test_a_station_whose_version_cannot_say_is_not_asked_again_before_it_has_another():
    here = Station(station(version="1.6"), session(0), session(0, "2"))
    here.tells(answer(here.passes(), 31, "unsupported"))
    here.tells(session(40, "3"))

    assert here.due_at is None
    here.tells(station(50, version="2.1"))
    here.tells(session(51, "3"))
    assert here.due_at == at(51 * MINUTE) + SILENCE


def test_one_question_is_out_at_a_time_and_one_that_is_lost_is_asked_again_later():
    here = Station(station(), session(0), session(1, "2"))
    first = here.passes()
    lost = here.due_at
    nothing = here.passes()
    second = here.passes()

    assert lost == first.requested_at + timedelta(minutes=5)
    assert nothing is None
    assert [query.command.transaction_id for query in (first, second)] == ["tx-1", "tx-2"]


def test_an_answer_that_breaks_its_schema_says_nothing():
    here = Station(station(), session(0))
    here.tells(answer(here.passes(), 31, ongoingIndicator="perhaps"))

    assert here.due_at == at(31 * MINUTE) + 2 * SILENCE


def test_what_is_remembered_is_bounded():
    here = Station(station(), *(session(n, str(n)) for n in range(WATCHED + 10)))
    assert len(here.state.watched) == WATCHED
    assert "session-0" not in {one.session for one in here.state.watched}

    for n in range(WATCHED + 10):
        here.tells(session(n + 200, str(n), status="ended"))
    assert (len(here.state.watched), len(here.state.finished)) == (0, FINISHED)


def test_a_record_of_another_kind_is_poison():
    other = MeterValuesReported(id="m", station=STATION, evse=1, meter_values=(), received_at=at(0))
    with pytest.raises(Poison, match="no use for a MeterValuesReported"):
        step(initial(STATION), other, silence=SILENCE)


@st.composite
def records(draw):
    """Snapshots of some sessions, connections and answers, in any order."""
    made = []
    for _ in range(draw(st.integers(1, 12))):
        minutes = draw(st.integers(0, 300))
        if draw(st.integers(0, 3)):
            status = draw(st.sampled_from(["active", "ended", "presumed-ended"]))
            missing = draw(st.sampled_from([0, 0, 2]))
            made.append(session(minutes, draw(st.sampled_from("123")), status=status, missing_events=missing))
        else:
            made.append(station(minutes, connected=draw(st.booleans()), disconnected_at=at(0)))
    return made


@UNTIMED
@given(records())
def test_what_is_read_again_changes_nothing(facts):
    here = Station()
    for fact in facts:
        here.tells(fact)
        before = here.state
        here.tells(fact)
        assert here.state == before


@UNTIMED
@given(st.data(), records())
def test_whatever_comes_one_question_is_out_at_a_time_each_has_its_own_id_and_old_times_ask_nothing(data, facts):
    here = Station(station(), *facts)
    for _ in range(12):
        if here.due_at is None:
            break
        early = here.due_at - timedelta(seconds=1)
        assert here.tells(Due(key=STATION, at=early, sent_at=early)) == []
        query = here.passes()
        if query is None:
            continue
        assert here.tells(Due(key=STATION, at=query.requested_at, sent_at=query.requested_at)) == []
        if data.draw(st.booleans()):
            minutes = (query.requested_at - at(0)).total_seconds() / MINUTE + 1
            outcome = data.draw(st.sampled_from(["accepted", "rejected", "timed_out"]))
            here.tells(answer(query, minutes, outcome, messagesInQueue=data.draw(st.booleans())))
            assert here.state.query is None

    assert len({query.id for query in here.asked}) == len(here.asked)
