"""Telling: the forms of a limit, and what counts as an answer."""

from msgspec.structs import replace

from schemas.states.demandresponse import StationDemand
from services.demandresponse.holding import held
from services.demandresponse.telling import Rules, asked, forms_of, profile_id, tell_at, unanswered, wanted
from tests.services.demandresponse.stations import HOUR, STATION, ordered
from tests.services.moments import at

THERE = StationDemand(station=STATION, connected=True, seen_at=at(0))


def test_a_maximum_is_asked_for_before_a_default_and_watts_before_amperes() -> None:
    assert [purpose for purpose, _ in forms_of(THERE)] == ["ChargingStationMaxProfile", "TxDefaultProfile"] * 2
    assert [unit for _, unit in forms_of(THERE)] == ["W", "W", "A", "A"]
    assert {unit for _, unit in forms_of(replace(THERE, units=("A",)))} == {"A"}


def test_each_station_has_its_own_time_ahead_within_the_settings() -> None:
    moments = set()
    for name in "abcdef":
        state = held(replace(THERE, station=name), replace(ordered(from_at=at(HOUR), to_at=at(2 * HOUR)), station=name))
        found = wanted(state, at(HOUR), Rules(ahead_s=600))
        assert found is not None
        moments.add(tell_at(state, found[1], Rules(ahead_s=600)))

    assert len(moments) == 6
    assert all(at(HOUR - 600) <= moment <= at(HOUR - 300) for moment in moments)


def test_the_profile_is_of_the_station_alone_and_of_the_stack_level_of_the_settings() -> None:
    state = held(THERE, ordered())
    found = wanted(state, at(0), Rules())
    assert found is not None
    _, request = asked(state, *found, at(0), Rules(stack_level=7))

    profile = request.command.profile  # type: ignore[union-attr]
    assert (profile.profile_id, profile.stack_level, request.when_offline) == (profile_id(STATION), 7, "fail")
    assert profile_id(STATION) != profile_id("another")


def test_pauses_have_an_end() -> None:
    state = replace(THERE, failures=1_000)
    after = unanswered(state, at(0))

    assert after.not_before == at(240)
