"""Any order between topics, any repetition: what a swap comes to must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.batteries.core import comparable
from tests.services.batteries.records import Station, asked, battery, settled, told
from tests.services.moments import at
from tests.services.readingorders import mixed

UNTIMED = settings(deadline=None)
SECONDS = st.integers(1, 7200)
EVENTS = st.sampled_from(["BatteryIn", "BatteryIn", "BatteryOut", "BatteryOutTimeout"])
OUTCOMES = st.sampled_from(["accepted", "accepted", "rejected", "timed_out"])


@st.composite
def streams(draw):
    """Requests, their outcomes, and what the station reports; each in the order of its times."""
    requests = [asked(f"s{n}", seconds=draw(SECONDS)) for n in range(draw(st.integers(0, 2)))]
    outcomes = [
        settled(one.id, draw(OUTCOMES), seconds=(one.requested_at - at(0)).total_seconds() + draw(st.integers(1, 4)))
        for one in requests
    ]
    numbers = st.sampled_from([7, *(one.id for one in requests)])
    times = draw(st.lists(SECONDS, max_size=6, unique=True))
    facts = [
        told(draw(EVENTS), battery(f"B-{n}", draw(st.integers(1, 3))), seconds=10_000 + seconds, of=draw(numbers))
        for n, seconds in enumerate(sorted(times))
    ]
    return (
        sorted(requests, key=lambda one: one.requested_at),
        sorted(outcomes, key=lambda one: one.settled_at),
        facts,
    )


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said."""
    return {name: replace(one, id="", revision=0, changed_at=at(0)) for name, one in station.swaps.items()}


@UNTIMED
@given(st.data(), streams())
def test_a_swap_is_the_same_in_whatever_order_the_topics_are_read_once_its_request_is(data, topics):
    requests, *others = topics
    in_order = Station(*requests, *(record for topic in others for record in topic))

    wild = Station(*requests, *mixed(data.draw, others))

    assert essence(wild) == essence(in_order)
    assert wild.slots == in_order.slots
    assert comparable(wild.state) == comparable(in_order.state)


@UNTIMED
@given(streams())
def test_every_swap_is_forgotten_some_day(topics):
    station = Station(*(record for topic in topics for record in topic))

    station.comes_to(60 * 86_400)

    assert station.state.swaps == ()
