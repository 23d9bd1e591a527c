"""Any order between topics, any repetition: what a control comes to must not depend on how its records arrive."""

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.der.core import comparable
from tests.services.der.records import (
    HOUR,
    Station,
    a_setting,
    cleared,
    control,
    read,
    reported,
    settings,
    settled,
    turned,
)
from tests.services.moments import at
from tests.services.readingorders import mixed

UNTIMED = hypothesis_settings(deadline=None)
SECONDS = st.integers(1, 2 * HOUR)
NUMBERS = st.sampled_from("aabx")
OUTCOMES = st.sampled_from(["accepted", "accepted", "rejected", "timed_out"])
IS_DEFAULT = {"a": True, "b": False, "x": True}
"""A control is either a default or a scheduled one, as long as it has its id."""


@st.composite
def streams(draw):
    """What is on the topics: requests, and their outcomes, reports and turns; each in the order of its times."""
    requests, outcomes, facts = [], [], []
    for n in range(draw(st.integers(1, 6))):
        kind, seconds, number = draw(st.sampled_from("sscg")), draw(SECONDS), draw(NUMBERS)
        command_id, later = f"{kind}{n}", seconds + draw(st.integers(1, 4))
        default = IS_DEFAULT[number]
        if kind == "s":
            timed = {} if default else {"starts": HOUR, "lasts": draw(st.sampled_from([60, HOUR]))}
            priority = draw(st.integers(1, 3))
            requests.append(
                a_setting(command_id, seconds=seconds, number=number, default=default, priority=priority, **timed)
            )
        elif kind == "c":
            requests.append(
                cleared(command_id, seconds=seconds, is_default=default, control_id=draw(st.sampled_from(["", number])))
            )
        else:
            requests.append(read(command_id, seconds=seconds, is_default=draw(st.sampled_from([None, default]))))
            found = draw(st.lists(st.sampled_from("abx"), max_size=3, unique=True))
            controls = [control(each, is_default=IS_DEFAULT[each], settings=settings(5)) for each in found]
            facts.append(reported(*controls, of=command_id, seconds=later + 1))
        superseded = draw(st.lists(st.sampled_from("abx"), max_size=1))
        outcomes.append(settled(command_id, draw(OUTCOMES), seconds=later, superseded=superseded))
    facts += [
        turned(draw(NUMBERS), started=draw(st.booleans()), seconds=draw(SECONDS))
        for _ in range(draw(st.integers(0, 2)))
    ]
    return (
        sorted(requests, key=lambda one: one.requested_at),
        sorted(outcomes, key=lambda one: one.settled_at),
        sorted(facts, key=lambda one: one.received_at),
    )


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said, and since when it is gone."""
    return {
        name: replace(one, id="", revision=0, changed_at=at(0), ended_at=None) for name, one in station.controls.items()
    }


@UNTIMED
@given(st.data(), streams())
def test_a_control_is_the_same_in_whatever_order_the_topics_are_read_once_its_request_is(data, topics):
    requests, *others = topics
    in_order = Station(*requests, *(record for topic in others for record in topic))

    wild = Station(*requests, *mixed(data.draw, others))

    assert essence(wild) == essence(in_order)


@UNTIMED
@given(st.data(), streams())
def test_repeats_leave_the_state_as_it_is(data, topics):
    records = [record for topic in topics for record in topic]
    station = Station(*records)
    before = comparable(station.state)

    for record in data.draw(st.lists(st.sampled_from(records), max_size=6)):
        station.reads(record)

    assert comparable(station.state) == before


@UNTIMED
@given(st.data(), streams())
def test_everything_that_ends_is_forgotten(data, topics):
    requests, *others = topics
    station = Station(*requests, *mixed(data.draw, others))

    station.comes_to(30 * 86_400)

    there = {one.der_control for one in station.controls.values() if one.ended_at is None}
    assert {one.id for one in station.state.kept} == there
    assert (station.state.asked, station.state.answers, station.state.parts) == ((), (), ())
