"""What the service publishes: a snapshot for each change, once, and the answers to pulls (K28)."""

from decimal import Decimal

import pytest

from schemas.base import Poison
from schemas.chargingprofiles import ScheduleUpdateDecided
from schemas.provisioning import ChangeSettled
from services.chargingprofiles.core import due
from tests.services.chargingprofiles.records import (
    STATION,
    Station,
    asked,
    cleared,
    located,
    pulled,
    settled,
    updating,
)
from tests.services.moments import at

DAY = 86_400


def test_a_repeat_of_anything_says_nothing_again():
    records = (located(), asked(), settled(), cleared(), settled("c1", command="ClearChargingProfile", seconds=61))
    station = Station(*records)
    said = list(station.said)

    for record in records:
        station.reads(record)

    assert station.said == said


def test_revisions_grow_over_all_numbers_and_ids_come_from_them():
    station = Station(asked(), settled(), asked("p2", profile_id=8))

    assert [one.revision for one in station.said] == [1, 2, 3]
    assert len({one.id for one in station.said}) == 3


def test_a_pull_is_answered_with_what_the_dynamic_profile_holds_now():
    station = Station(asked(kind="Dynamic"), settled(), updating())
    station.reads(settled("u1", command="UpdateDynamicSchedule", seconds=61))

    (decided,) = station.reads(pulled())

    assert isinstance(decided, ScheduleUpdateDecided)
    assert decided.update is not None
    assert (decided.update.limit, decided.reply_to.message_id) == (Decimal(5_000), "m1")


@pytest.mark.parametrize("records", [(), (asked(), settled()), (asked(kind="Dynamic"), settled(outcome="rejected"))])
def test_a_pull_for_what_is_no_dynamic_profile_of_the_station_gets_nothing(records):
    (decided,) = Station(*records).reads(pulled())

    assert isinstance(decided, ScheduleUpdateDecided)
    assert decided.update is None


def test_what_ended_is_forgotten_after_a_day_and_what_stands_is_not():
    station = Station(asked(), settled(), asked("p2", profile_id=8), settled("p2", seconds=2), cleared())
    station.reads(settled("c1", command="ClearChargingProfile", seconds=61))

    station.comes_to(10 * DAY)

    assert [one.profile_id for one in station.state.said] == [8]
    assert not station.state.clears
    assert due(station.state) is None
    assert station.profiles[8].status == "installed"


def test_a_number_may_be_used_again_after_it_was_forgotten_and_its_revisions_go_on():
    station = Station(asked(), settled(), cleared(), settled("c1", command="ClearChargingProfile", seconds=61))
    station.comes_to(2 * DAY)

    station.reads(asked("again", seconds=3 * DAY))

    assert (station.one.status, station.one.revision) == ("requested", 4)


def test_ended_numbers_are_bounded():
    station = Station()
    for n in range(80):
        station.reads(asked(f"p{n}", seconds=n, profile_id=n))
        station.reads(settled(f"p{n}", "rejected", seconds=n))

    assert len(station.state.said) == 50
    assert len(station.state.asked) == 50


def test_more_profiles_than_a_station_can_have_are_put_aside_and_the_reason_said():
    station = Station()
    for n in range(200):
        station.reads(asked(f"p{n}", profile_id=n))

    with pytest.raises(Poison, match="200 charging profiles"):
        station.reads(asked("one more", profile_id=1_000))


def test_a_record_of_another_kind_is_poison():
    with pytest.raises(Poison):
        Station(ChangeSettled(id="x", key=STATION, proposal="x", accepted=True, proposed_at=at(0)))
