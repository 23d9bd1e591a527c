"""Any order between topics, any repetition: what a reservation comes to must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.reservations.core import comparable
from tests.services.moments import at
from tests.services.readingorders import mixed
from tests.services.reservations.records import HOUR, Station, asked, cancelled, reported, session, settled

UNTIMED = settings(deadline=None)
SECONDS = st.integers(1, 2 * HOUR)
NUMBERS = st.sampled_from([7, 7, 8])
OUTCOMES = st.sampled_from(["accepted", "accepted", "rejected", "timed_out"])


@st.composite
def streams(draw):
    """What is on the topics: requests, and their outcomes, sessions and reports; each topic in the order of its times."""
    commands, outcomes = [], []
    for n in range(draw(st.integers(1, 3))):
        seconds = draw(SECONDS)
        evse = draw(st.sampled_from([1, 2, None]))
        until = seconds + draw(st.integers(60, HOUR))
        commands.append(asked(f"r{n}", seconds=seconds, until=until, evse=evse, reservation_id=draw(NUMBERS)))
        outcomes.append(settled(f"r{n}", draw(OUTCOMES), seconds=seconds + draw(st.integers(1, 60))))
    for n in range(draw(st.integers(0, 2))):
        seconds = draw(SECONDS)
        commands.append(cancelled(f"c{n}", seconds=seconds, number=draw(NUMBERS)))
        outcomes.append(settled(f"c{n}", draw(OUTCOMES), seconds=seconds + 1, command="CancelReservation"))
    sessions = [
        session(
            f"s{n}",
            seconds=draw(SECONDS),
            evse=draw(st.sampled_from([1, 2])),
            token=draw(st.sampled_from(["CARD", "card", "OTHER", None])),
            reservation_id=draw(st.sampled_from([None, None, 7, 8])),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    words = [
        reported(draw(st.sampled_from(["Expired", "Removed", "NoTransaction"])), seconds=s, number=draw(NUMBERS))
        for s in draw(st.lists(SECONDS, max_size=2))
    ]
    return (
        sorted(commands, key=lambda record: record.requested_at),
        sorted(outcomes, key=lambda record: record.settled_at),
        sorted(sessions, key=lambda record: record.changed_at),
        sorted(words, key=lambda record: record.received_at),
    )


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said."""
    return {
        name: replace(one, id="", revision=0, changed_at=one.requested_at) for name, one in station.reservations.items()
    }


@UNTIMED
@given(st.data(), streams())
def test_a_reservation_is_the_same_in_whatever_order_the_topics_are_read_once_its_request_is(data, topics):
    requests, *others = topics
    in_order = Station(*requests, *(record for topic in others for record in topic))

    wild = Station(*requests, *mixed(data.draw, others))

    assert essence(wild) == essence(in_order)
    assert comparable(wild.state) == comparable(in_order.state)


@UNTIMED
@given(st.data(), streams())
def test_where_sessions_name_their_reservation_no_topic_need_be_read_first(data, topics):
    requests, outcomes, sessions, words = topics
    named = [one for one in sessions if one.reservation_id is not None or one.token is None]
    named = [replace(one, token=None) for one in named]
    in_order = Station(*requests, *outcomes, *named, *words)

    wild = Station(*mixed(data.draw, (requests, outcomes, named, words)))

    assert essence(wild) == essence(in_order)


@UNTIMED
@given(st.data(), streams())
def test_everything_comes_to_an_end_and_is_forgotten(data, topics):
    station = Station(*mixed(data.draw, topics))

    station.comes_to(30 * 86_400)

    assert not [one for one in station.reservations.values() if one.ended_at is None]
    assert not station.state.asked
    assert all(one.changed_at <= at(30 * 86_400) for one in station.said)
