"""What is passed on to a site of a station in its tree: each EVSE as a whole whenever it changes, and outcomes."""

from decimal import Decimal
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.chargingschedules import units_in
from schemas.energy import EvseObserved, LimitAnswered, SiteMeterReported
from schemas.sitetrees import SiteMeter
from services.energy.sensing.core import initial
from tests.services.energy.sensing.records import (
    SITE,
    STATION,
    Station,
    cleared,
    connection,
    currents,
    limited,
    measured,
    outlet,
    provisioned,
    session,
    settled,
    tree,
    units,
)
from tests.services.moments import at


def charging() -> Station:
    station = Station(provisioned(tree()))
    station.tells(connection(), session(1), measured(10, *currents(10, 16, 15.9, 0)))
    return station


def test_an_evse_is_passed_on_as_a_whole_with_its_session_and_the_current_of_each_phase() -> None:
    seen = charging().seen()

    assert (seen.site, seen.station, seen.evse, seen.connected) == (SITE, STATION, 1, True)
    assert (seen.transaction_id, seen.session, seen.charging_state) == ("tx-1", "session-1", "Charging")
    assert seen.amps == {"L1": Decimal(16), "L2": Decimal("15.9"), "L3": Decimal(0)}
    assert seen.measured_at == at(10)


def test_a_station_in_no_tree_says_nothing_and_its_readings_are_not_kept() -> None:
    station = Station(provisioned(tree(outlet(station="other"))))
    before = station.tells(connection(), session(1)), station.state

    assert before[0] == []
    assert station.tells(measured(10, *currents(10, 16)), settled("SetChargingProfile")) == []
    assert station.tells(session(11, revision=2, energy_wh=Decimal(40))) == []
    assert station.state is before[1]
    assert station.due_at() is None


def test_a_tree_that_comes_later_gets_what_is_known_by_then() -> None:
    station = Station()
    station.tells(connection(), session(1), units("W", "A"))
    station.stand_in(provisioned(tree()))

    (seen,) = station.time(100)
    assert isinstance(seen, EvseObserved)
    assert (seen.transaction_id, seen.units, seen.at) == ("tx-1", ("W", "A"), at(100))
    assert station.due_at() is None


def test_a_station_taken_off_its_tree_forgets_what_it_measured_and_one_that_comes_back_tells_all_again() -> None:
    station = charging()
    station.stand_in()
    assert station.time(20) == []
    assert station.state.meters == ()
    station.stand_in(provisioned(tree()))

    assert [one.transaction_id for one in station.time(30)] == ["tx-1"]


def test_the_end_of_a_session_ends_its_currents_too() -> None:
    station = charging()
    over = session(30, revision=9, status="ended", ended_at=at(29))

    (seen,) = station.tells(measured(29, *currents(29, 12, 12, 12)), over)[1:]
    assert (seen.transaction_id, seen.amps, seen.measured_at, seen.charging_state) == ("", {}, None, "")


def test_the_session_that_began_last_counts_whichever_is_told_last() -> None:
    station = charging()
    station.tells(session(40, number=5), session(41, revision=2, number=3, status="ended", ended_at=at(4)))

    assert station.seen().transaction_id == "tx-5"


def test_a_lost_connection_is_told_and_nothing_that_did_not_change_is() -> None:
    station = charging()

    assert station.tells(connection(12, revision=2), session(13, revision=4)) == []
    (seen,) = station.tells(connection(14, revision=3, connected=False))
    assert not seen.connected
    assert seen.amps == {"L1": Decimal(16), "L2": Decimal("15.9"), "L3": Decimal(0)}


def test_each_observation_is_later_than_the_one_before() -> None:
    station = charging()
    station.tells(connection(5, revision=7, connected=False), connection(4, revision=8))

    times = [one.at for one in station.said]
    assert times == sorted(set(times))


def test_the_energy_comes_with_the_next_reading() -> None:
    station = charging()

    assert station.tells(session(12, revision=4, energy_wh=Decimal(70))) == []
    (seen,) = station.tells(measured(20, *currents(20, 10, 10, 10)))
    assert seen.energy_wh == 70


def test_limits_of_others_hold_by_their_schedule_and_until_they_are_taken_back() -> None:
    station = charging()
    station.tells(limited(20, (0, 10), (60, 6), lasts=100))

    assert station.seen().external_a == 10
    assert station.due_at() == at(80)
    assert [one.external_a for one in station.time(80)] == [6]
    assert [one.external_a for one in station.time(120)] == [None]
    assert station.due_at() is None
    station.tells(limited(130, (0, 9)))
    assert [one.external_a for one in station.tells(cleared(140))] == [None]


def test_outcomes_of_limits_are_passed_on_once_and_others_are_not() -> None:
    station = charging()

    (said,) = station.tells(replace(settled("SetChargingProfile", outcome="rejected"), sent=True))
    assert isinstance(said, LimitAnswered)
    assert (said.site, said.command_id, said.outcome, said.schedule_a) == (SITE, "command-1", "rejected", None)
    assert said.sent is True
    assert station.tells(settled("SetChargingProfile", outcome="rejected")) == []
    assert station.tells(settled("Reset", number=2)) == []


def test_a_station_in_two_trees_is_told_to_both() -> None:
    station = Station(provisioned(tree()), provisioned(tree(), "other"))

    assert {one.site for one in station.tells(connection())} == {SITE, "other"}


def test_a_station_that_is_the_meter_of_a_site_reports_it() -> None:
    building = SiteMeter(meter="building", node="grid", station=STATION)
    station = Station(provisioned(tree(outlet(station="other"), meters=(building,))))

    (said,) = station.tells(measured(7, *currents(7, 30, 31, 32), evse=0))
    assert isinstance(said, SiteMeterReported)
    assert (said.site, said.meter, said.measured_at, said.received_at) == (SITE, "building", at(7), at(7))
    assert said.amps == {"L1": Decimal(30), "L2": Decimal(31), "L3": Decimal(32)}
    assert station.tells(measured(7, *currents(7, 30, 31, 32), evse=0)) == []
    assert station.tells(connection()) == []


TOPICS = st.tuples(
    st.lists(st.booleans(), max_size=4).map(
        lambda up: [connection(number, number + 1, connected=one) for number, one in enumerate(up)]
    ),
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(("Charging", "SuspendedEV", "over"))), max_size=6).map(
        lambda told: [
            session(
                10 + place,
                revision=place + 1,
                number=number,
                charging_state=word,
                status="ended" if word == "over" else "active",
                ended_at=at(9 + place) if word == "over" else None,
            )
            for place, (number, word) in enumerate(sorted(told, key=lambda each: each[0]))
        ]
    ),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 32)), max_size=6).map(
        lambda told: [measured(seconds, *currents(seconds, amps, amps + 1)) for seconds, amps in told]
    ),
    st.lists(st.tuples(st.integers(1, 30), st.integers(6, 20)), max_size=3, unique_by=lambda each: each[0]).map(
        lambda told: [limited(seconds, (0, amps)) for seconds, amps in sorted(told)]
    ),
    st.lists(st.sampled_from(("A", "W", "A,W")), max_size=2).map(
        lambda told: [units(*units_in(one), revision=number + 1) for number, one in enumerate(told)]
    ),
)


def merged(topics: list[list], random: Random) -> list:
    """The records of all topics, each in its order, in some order together."""
    waiting, found = [list(topic) for topic in topics if topic], []
    while waiting:
        topic = random.choice(waiting)
        found.append(topic.pop(0))
        waiting = [each for each in waiting if each]
    return found


def known(station: Station) -> EvseObserved | None:
    seen = [one for one in station.said if isinstance(one, EvseObserved)]
    return replace(seen[-1], id="", at=at(0)) if seen else None


@given(TOPICS, st.randoms())
def test_the_order_of_topics_does_not_matter_and_repeats_change_nothing(topics, random) -> None:
    one, other = Station(provisioned(tree())), Station(provisioned(tree()))
    one.tells(*merged(list(topics), random))
    other.tells(*merged(list(topics), random))

    assert known(one) == known(other)
    before = one.state
    again = merged(list(topics), random)
    assert one.tells(*again) == []
    assert replace(one.state, judged_at=None) == replace(before, judged_at=None)


@given(TOPICS)
def test_a_tree_that_is_there_from_the_first_or_comes_last_is_told_the_same_but_for_readings(topics) -> None:
    connections, sessions, _, limits, told = topics
    first, last = Station(provisioned(tree())), Station()
    for station in (first, last):
        station.tells(*connections, *sessions, *limits, *told)
    last.stand_in(provisioned(tree()))
    last.time(1_000)

    if last.state != initial(STATION) and known(first) is not None:
        assert known(first) == known(last)


def test_a_state_survives_its_encoding() -> None:
    state = charging().state

    assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state
