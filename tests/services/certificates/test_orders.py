"""Any order of answers, any repetition: what a certificate comes to must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.certificates.core import comparable
from tests.roots import a_root
from tests.services.certificates.records import Station, deleted, installed, listed, lists, settled
from tests.services.moments import at

UNTIMED = settings(deadline=None)
SECONDS = st.integers(1, 7200)
ROOTS = (a_root(), a_root("Other", 2), a_root("Third", 3))
OUTCOMES = st.sampled_from(["accepted", "accepted", "rejected", "timed_out"])


@st.composite
def streams(draw):
    """Requests in their order, and their answers in the order of their times."""
    requests, outcomes = [], []
    for n in range(draw(st.integers(1, 6))):
        kind, seconds = draw(st.sampled_from("iidl")), draw(SECONDS)
        command_id, later = f"{kind}{n}", seconds + draw(st.integers(1, 4))
        if kind == "l":
            requests.append(listed(command_id, seconds=seconds))
            found = draw(st.lists(st.sampled_from(ROOTS), max_size=3, unique=True))
            outcomes.append(lists(command_id, *found, seconds=later))
            continue
        make = installed if kind == "i" else deleted
        requests.append(make(command_id, seconds=seconds, pem=draw(st.sampled_from(ROOTS))))
        outcomes.append(settled(command_id, draw(OUTCOMES), seconds=later))
    return sorted(requests, key=lambda one: one.requested_at), sorted(outcomes, key=lambda one: one.settled_at)


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said, and since when it is gone."""
    return {
        name: replace(one, id="", revision=0, changed_at=at(0), ended_at=None)
        for name, one in station.certificates.items()
    }


@UNTIMED
@given(st.data(), streams())
def test_a_certificate_is_the_same_in_whatever_order_answers_are_read(data, topics):
    requests, outcomes = topics
    in_order = Station(*requests, *outcomes)
    wild = data.draw(st.permutations(outcomes))
    again = data.draw(st.lists(st.sampled_from([*requests, *outcomes]), max_size=4))

    assert essence(Station(*requests, *wild, *again)) == essence(in_order)


@UNTIMED
@given(st.data(), streams())
def test_repeats_leave_the_state_as_it_is(data, topics):
    requests, outcomes = topics
    station = Station(*requests, *outcomes)
    before = comparable(station.state)

    for record in data.draw(st.lists(st.sampled_from([*requests, *outcomes]), max_size=6)):
        station.reads(record)

    assert comparable(station.state) == before


@UNTIMED
@given(streams())
def test_everything_that_ends_is_forgotten(topics):
    requests, outcomes = topics
    station = Station(*requests, *outcomes)

    station.comes_to(30 * 86_400)

    there = {name for name, one in station.certificates.items() if one.ended_at is None}
    assert {one.id for one in station.state.kept} == there
    assert (station.state.asked, station.state.answers) == ((), ())
