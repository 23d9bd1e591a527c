"""Any order between topics, any repetition: what a message comes to must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.displays.core import comparable
from tests.services.displays.records import HOUR, Station, asked, cleared, read, reported, session, settled
from tests.services.moments import at
from tests.services.readingorders import mixed

UNTIMED = settings(deadline=None)
SECONDS = st.integers(1, 2 * HOUR)
NUMBERS = st.sampled_from([7, 7, 8])
OUTCOMES = st.sampled_from(["accepted", "accepted", "rejected", "timed_out"])
COMMANDS = {"m": "SetDisplayMessage", "c": "ClearDisplayMessage", "g": "GetDisplayMessages"}


@st.composite
def streams(draw):
    """What is on the topics: requests, and their outcomes, reports and ends of transactions; each in the order of its times."""
    commands, parts = [], []
    for n in range(draw(st.integers(1, 3))):
        ends = draw(st.sampled_from([None, at(HOUR)]))
        transaction = draw(st.sampled_from(["", "tx-1"]))
        number = draw(NUMBERS)
        commands.append(
            asked(f"m{n}", seconds=draw(SECONDS), message_id=number, ends_at=ends, transaction_id=transaction)
        )
    commands += [cleared(f"c{n}", seconds=draw(SECONDS), number=draw(NUMBERS)) for n in range(draw(st.integers(0, 2)))]
    for n in range(draw(st.integers(0, 2))):
        seconds = draw(SECONDS)
        commands.append(read(f"g{n}", seconds=seconds))
        numbers = draw(st.lists(st.sampled_from([5, 7, 8]), max_size=3, unique=True))
        parts.append(reported(*numbers, of=f"g{n}", seconds=seconds + 5))
    outcomes = [
        settled(
            one.id,
            draw(OUTCOMES),
            seconds=(one.requested_at - at(0)).total_seconds() + draw(st.integers(1, 4)),
            command=COMMANDS[one.id[0]],
        )
        for one in commands
    ]
    sessions = [session(seconds=s) for s in draw(st.lists(SECONDS, max_size=1))]
    return (
        sorted(commands, key=lambda record: record.requested_at),
        sorted(outcomes, key=lambda record: record.settled_at),
        sorted(parts, key=lambda record: record.received_at),
        sessions,
    )


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said."""
    return {name: replace(one, id="", revision=0, changed_at=at(0)) for name, one in station.messages.items()}


@UNTIMED
@given(st.data(), streams())
def test_a_message_is_the_same_in_whatever_order_the_topics_are_read_once_its_request_is(data, topics):
    requests, *others = topics
    in_order = Station(*requests, *(record for topic in others for record in topic))

    wild = Station(*requests, *mixed(data.draw, others))

    assert essence(wild) == essence(in_order)
    assert comparable(wild.state) == comparable(in_order.state)


@UNTIMED
@given(st.data(), streams())
def test_everything_that_ends_is_forgotten(data, topics):
    station = Station(*mixed(data.draw, topics))

    station.comes_to(30 * 86_400)

    is_open = {name for name, one in station.messages.items() if one.ended_at is None}
    assert {one.id for one in station.state.known} == is_open
    assert not station.state.sightings
