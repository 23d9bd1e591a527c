"""The stations that the demo names are those of the simulated fleet, and are what their parts need."""

from deploy.local.demo.stations import CITIES, FLEET, GRID, KEYS, TWINS, VARIABLES, player, site_of
from loadtest.station.fleet import FleetOptions, plan_of

KNOWN = [plan_of(FleetOptions(urls=("ws://nowhere",)), number) for number in range(len(FLEET))]
BY_NAME = {plan.name: (version, plan) for version, plan in KNOWN}


def test_they_are_the_first_of_the_fleet_in_its_order() -> None:
    assert [plan.name for _, plan in KNOWN] == list(FLEET)
    assert {station.rpartition("-")[0] for station in FLEET} == set(CITIES)


def test_each_part_has_stations_that_can_play_it() -> None:
    assert {BY_NAME[station][0] for station in KEYS} == {"1.6"}
    assert {BY_NAME[station][0] for station in VARIABLES} == {"2.0.1"}
    assert {BY_NAME[station][0] for station in GRID} == {"2.1"}
    assert {len(BY_NAME[station][1].outlets) for station in TWINS} == {2}


def test_the_first_that_is_there_plays_a_part_and_a_small_fleet_has_none_for_some() -> None:
    assert player(GRID, FLEET) == "AT-VIE-0001"
    assert player(GRID, FLEET[:3]) == "DE-MUC-0001"
    assert player(TWINS, FLEET[:3]) is None
    assert site_of("AT-VIE-0001") == "at-vie"
