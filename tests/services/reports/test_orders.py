"""Any order between topics, any repetition: what a report comes to must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.reports.core import comparable
from tests.examples import examples
from tests.services.moments import at
from tests.services.readingorders import mixed
from tests.services.reports.records import Station, asked, part, settled

HOUR = 3_600


@st.composite
def streams(draw):
    """What is on the topics: requests, their outcomes, and parts; each topic in the order of its times."""
    requests, outcomes, parts = [], [], []
    for number in range(draw(st.integers(1, 3))):
        seconds, id_ = number * 1_000 + draw(st.integers(0, 50)), draw(st.sampled_from([7, 7, 8]))
        requests.append(asked(f"c{number}", seconds=seconds, request_id=id_))
        word = draw(st.sampled_from(["", "", "EmptyResultSet"]))
        outcome = draw(st.sampled_from(["accepted", "accepted", "rejected", "timed_out"]))
        outcomes.append(settled(f"c{number}", outcome, seconds=seconds + 10, detail=word))
        count = draw(st.integers(0, 4))
        for seq in range(count):
            if draw(st.integers(0, 5)):
                end = seq == count - 1
                parts.append(part(seq, last=end, seconds=seconds + 20 + seq, request_id=id_))
    return requests, outcomes, parts


def essence(station):
    return {name: replace(one, id="", revision=0, changed_at=at(0)) for name, one in station.reports.items()}


@settings(deadline=None, max_examples=examples(200))
@given(st.data(), streams())
def test_a_report_is_the_same_in_whatever_order_the_topics_are_read(data, topics):
    in_order = Station(*(record for topic in topics for record in topic))
    in_order.comes_to(2 * HOUR)

    wild = Station(*mixed(data.draw, topics))
    wild.comes_to(2 * HOUR)

    assert comparable(wild.state) == comparable(in_order.state)
    assert {name: one.status for name, one in wild.reports.items()} == {
        name: one.status for name, one in in_order.reports.items()
    }


@settings(deadline=None, max_examples=examples(100))
@given(st.data(), streams())
def test_what_is_read_again_changes_nothing_and_is_published_once(data, topics):
    station = Station(*mixed(data.draw, topics))
    state, published = station.state, list(station.said)

    station.reads(*(record for topic in topics for record in topic))

    assert comparable(station.state) == comparable(state)
    assert {one.id for one in station.said} == {one.id for one in published}
