"""What is remembered of a station is bounded, and what is forgotten leaves no trace in what stands."""

from services.chargingprofiles.remembering import REMEMBERED, bounded, passing, requested, without_the_old
from services.chargingprofiles.standing import standings
from tests.services.chargingprofiles.records import Station, asked, cleared, session, settled, start
from tests.services.moments import at

DAY = 86_400


def test_commands_of_other_nouns_are_not_remembered():
    station = Station(asked())

    assert requested(station.state, asked()) == station.state


def test_sessions_that_no_profile_belongs_to_are_bounded_and_forgotten():
    station = Station(*(session(f"s{n}", seconds=n) for n in range(REMEMBERED + 10)))

    assert len(station.state.transactions) == REMEMBERED
    station.comes_to(2 * DAY)
    assert station.state.transactions == ()


def test_a_transaction_that_began_by_a_forgotten_start_belongs_to_no_other():
    station = Station(start("a"), settled("a", command="RemoteStart"), session(remote_start_id=5))
    station.reads(cleared(seconds=200))
    station.reads(settled("c1", command="ClearChargingProfile", seconds=201))
    station.reads(start("b", seconds=DAY))
    station.reads(settled("b", command="RemoteStart", seconds=DAY + 1))

    station.comes_to(2 * DAY)

    assert station.profiles[7].status == "ended"
    assert station.profiles[7].command_id == "b"


def test_nothing_is_left_to_forget_of_a_station_whose_profiles_stand():
    station = Station(asked(), settled())

    assert list(passing(station.state)) == []
    assert without_the_old(station.state, at(30 * DAY)) == station.state == bounded(station.state)
    assert standings(station.state)[7].status == "installed"
