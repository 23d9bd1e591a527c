"""Any order between topics, any repetition: what stands under a number must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.chargingprofiles.core import comparable
from services.chargingprofiles.remembering import passing
from tests.services.chargingprofiles.records import (
    HOUR,
    Station,
    asked,
    cleared,
    inquired,
    located,
    part,
    profile,
    session,
    settled,
    start,
    tx_profile,
    updating,
)
from tests.services.moments import at
from tests.services.readingorders import merged

UNTIMED = settings(deadline=None)
SECONDS = st.integers(1, HOUR)
NUMBERS = st.sampled_from([7, 7, 8])
OUTCOMES = st.sampled_from(["accepted", "accepted", "accepted", "rejected", "timed_out"])
KINDS = st.sampled_from(["set", "set", "start", "clear", "clear-all", "report", "update"])


def request(draw, n, seconds):
    """One command, with its outcome's name."""
    match draw(KINDS):
        case "set":
            kind = draw(st.sampled_from(["Relative", "Dynamic"]))
            told = draw(st.sampled_from([profile, tx_profile]))(kind=kind, profile_id=draw(NUMBERS))
            return asked(f"r{n}", seconds=seconds, profile=told, evse=1)
        case "start":
            return start(f"r{n}", seconds=seconds)
        case "clear":
            return cleared(f"r{n}", seconds=seconds, profile_id=draw(NUMBERS))
        case "clear-all":
            return cleared(f"r{n}", seconds=seconds, purpose=draw(st.sampled_from(["TxProfile", "TxDefaultProfile"])))
        case "update":
            return updating(f"r{n}", seconds=seconds)
    return inquired(f"r{n}", seconds=seconds)


@st.composite
def streams(draw):
    """What is on the topics: requests, their outcomes, sessions, reports and connections; each topic in the order of its times."""
    commands, outcomes, parts = [], [], []
    for n in range(draw(st.integers(1, 4))):
        asked_for = request(draw, n, draw(SECONDS))
        seconds = (asked_for.requested_at - at(0)).total_seconds()
        name = type(asked_for.command).__name__
        commands.append(asked_for)
        outcomes.append(settled(f"r{n}", draw(OUTCOMES), seconds=seconds + draw(st.integers(1, 60)), command=name))
        if name == "GetChargingProfiles":
            shown = draw(st.lists(st.sampled_from([7, 8, 9]), unique=True, max_size=2))
            parts += [
                part(profile(profile_id=number), of=f"r{n}", seconds=seconds + number, last=False) for number in shown
            ]
            parts.append(part(of=f"r{n}", seconds=seconds + 20))
    sessions = []
    for n in range(draw(st.integers(0, 2))):
        begins = draw(SECONDS)
        numbered = {"remote_start_id": draw(st.sampled_from([None, 5]))}
        sessions.append(session(f"s{n}", seconds=begins, **numbered))
        if draw(st.booleans()):
            sessions.append(session(f"s{n}", seconds=begins, ended=begins + draw(st.integers(1, 600)), **numbered))
    return (
        sorted(commands, key=lambda record: record.requested_at),
        sorted(outcomes, key=lambda record: record.settled_at),
        sorted(sessions, key=lambda record: record.changed_at),
        sorted(parts, key=lambda record: record.received_at),
        [located(draw(st.sampled_from(["1.6", "2.1"])))],
    )


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said."""
    return {number: replace(one, id="", revision=0, changed_at=at(0)) for number, one in station.profiles.items()}


@UNTIMED
@given(st.data(), streams())
def test_what_stands_is_the_same_in_whatever_order_the_topics_are_read(data, topics):
    in_order = Station(*(record for topic in topics for record in topic))

    wild = Station(*merged(data.draw, topics))

    assert essence(wild) == essence(in_order)
    assert comparable(wild.state) == comparable(in_order.state)


@UNTIMED
@given(st.data(), streams())
def test_whatever_is_read_again_changes_nothing(data, topics):
    order = merged(data.draw, topics)
    station = Station(*order)
    said = len(station.said)

    for record in order:
        if record not in topics[2]:  # an older snapshot of a session is not published after a newer one
            station.reads(record)

    assert len(station.said) == said


@UNTIMED
@given(st.data(), streams())
def test_forgetting_changes_nothing_of_what_stands(data, topics):
    station = Station(*merged(data.draw, topics))
    station.comes_to(3 * HOUR)
    standing = {number: one.status for number, one in station.profiles.items()}

    station.comes_to(30 * 86_400)

    assert {number: one.status for number, one in station.profiles.items()} == standing
    assert not list(passing(station.state))
