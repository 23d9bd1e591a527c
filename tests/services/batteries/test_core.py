"""Battery swaps: what each record makes of them and of the slots, and what is remembered no longer."""

import pytest

from schemas.base import Poison
from services.batteries.core import FORGOTTEN_AFTER, HAPPENINGS_AT_MOST, SWAPS_AT_MOST, WAITED
from tests.services.batteries.records import Station, asked, battery, settled, told
from tests.services.moments import at

NEW = battery("B-2", 2, 95)
DAY, WEEK = WAITED.total_seconds(), FORGOTTEN_AFTER.total_seconds()


@pytest.mark.usecase("S01", "S03")
def test_a_swap_that_a_driver_begins_joins_what_goes_in_and_what_comes_out() -> None:
    station = Station(told("BatteryIn"), told("BatteryOut", NEW, seconds=90))

    assert [one.status for one in station.said] == ["inserted", "swapped"]
    swap = station.one
    assert (swap.token, swap.requested_at, swap.in_at, swap.out_at) == ("04A1", None, at(60), at(90))
    assert ([one.serial_number for one in swap.inserted], [one.serial_number for one in swap.taken]) == (
        *(["B-1"], ["B-2"]),
    )
    assert station.slots == {1: "B-1", 2: None}


@pytest.mark.usecase("S02")
def test_a_swap_that_was_asked_for_has_the_messages_of_its_number() -> None:
    station = Station(asked(), settled(), told("BatteryIn", of="s1"), told("BatteryOut", NEW, seconds=90, of="s1"))

    assert [one.status for one in station.said] == ["requested", "accepted", "inserted", "swapped"]
    assert (station.one.swap, station.one.requested_by) == ("s1", "operator")


@pytest.mark.usecase("S02.FR.04")
def test_a_refusal_has_the_stations_reason() -> None:
    station = Station(asked(), settled(outcome="rejected", reason="NoBatteryAvailable"))

    assert (station.one.status, station.one.detail) == ("refused", "NoBatteryAvailable")


@pytest.mark.usecase("S03.FR.06")
def test_what_was_offered_and_not_taken_stays_in_its_slot() -> None:
    station = Station(told("BatteryIn"), told("BatteryOutTimeout", NEW, seconds=90))

    assert (station.one.status, [one.serial_number for one in station.one.left]) == ("timed-out", ["B-2"])
    assert station.slots == {1: "B-1", 2: "B-2"}


def test_a_set_may_go_in_one_by_one() -> None:
    station = Station(told("BatteryIn"), told("BatteryIn", battery("B-3", 3), seconds=65))

    assert [one.serial_number for one in station.one.inserted] == ["B-1", "B-3"]


def test_a_number_that_is_used_again_is_another_swap() -> None:
    station = Station(
        *(told("BatteryIn"), told("BatteryOut", NEW, seconds=90)),
        *(told("BatteryIn", battery("B-9", 2), seconds=500), told("BatteryOut", battery("B-1", 1, 90), seconds=600)),
    )

    assert [one.status for one in station.swaps.values()] == ["swapped", "swapped"]
    assert station.slots == {1: None, 2: "B-9"}


@pytest.mark.usecase("S02.FR.05")
def test_a_swap_to_which_nobody_comes_is_given_up_a_day_later() -> None:
    station = Station(asked(), settled())
    station.comes_to(DAY)

    assert station.one.status == "unused"


def test_the_message_that_is_sent_again_changes_nothing() -> None:
    station = Station(told("BatteryIn"))

    assert station.reads(told("BatteryIn", seconds=64)) == []
    assert station.reads(told("BatteryStolen", seconds=70)) == []


def test_everything_is_forgotten_a_week_later_but_the_slots() -> None:
    station = Station(asked(), settled(), told("BatteryIn"), told("BatteryOut", NEW, seconds=90))

    station.comes_to(90 + WEEK)

    assert (station.state.swaps, station.state.said) == ((), ())
    assert len(station.state.slots) == 2


def test_only_so_many_swaps_and_messages_are_followed() -> None:
    many = [asked(f"s{n}", seconds=n) for n in range(SWAPS_AT_MOST + 1)]
    assert {one.id for one in Station(*many).state.swaps} == {one.id for one in many[1:]}

    long = Station(*(told("BatteryIn", battery(f"B-{n}"), seconds=n) for n in range(HAPPENINGS_AT_MOST)))
    with pytest.raises(Poison):
        long.reads(told("BatteryIn", battery("more"), seconds=999))
