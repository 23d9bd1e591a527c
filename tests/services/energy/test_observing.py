"""What is known of EVSEs and meters: once, whatever comes again, and what is learnt of a car's phases."""

from decimal import Decimal

from msgspec.structs import replace

from schemas.energy import NeedStated
from schemas.sitetrees import SiteMeter
from schemas.states.energy import EvseState, SiteState
from services.energy.observing import draws, flows, lines_of, metered, narrowed, needed, observed, silent
from services.energy.sites import Site
from tests.services.energy.records import BEGAN, SITE, drawing, grid, outlet, provisioned, second, seen, tree
from tests.services.energy.records import metered as reading

METER = SiteMeter(meter="building", node="grid", stale_after_s=60)
NEW = EvseState(station="CP-1", evse=1)


def test_what_is_older_or_comes_again_changes_nothing() -> None:
    known = observed(NEW, seen(1, 10, "t1"))

    assert observed(known, seen(1, 10, "t1")) is known
    assert observed(known, seen(1, 5, "")) is known


def test_another_transaction_begins_without_what_was_told_and_learnt_for_the_last() -> None:
    known = observed(NEW, drawing(1, 0, "t1", 16, 0, 0))
    known = observed(known, drawing(1, 10, "t1", 16, 0, 0))
    known = replace(known, paused_at=BEGAN, ceiling_a=8.0, fallback_a=6.0)

    after = observed(known, seen(1, 20, "t2"))

    assert known.phases == ("L1",)
    assert (after.phases, after.paused_at, after.ceiling_a, after.amps) == ((), None, None, {})
    assert (after.fallback_a, after.began_at) == (6.0, second(20))


def test_a_car_that_loads_one_phase_is_known_after_two_readings_and_no_more_once_it_loads_another() -> None:
    site = Site(provisioned(tree(nodes=(grid(63), outlet(1, lines=("L2", "L3", "L1"))))))
    one = observed(NEW, drawing(1, 0, "t1", 16, 0, 0))
    two = observed(one, drawing(1, 10, "t1", 16, 0.2, 0))
    three = observed(two, drawing(1, 20, "t1", 16, 16, 16))

    assert [each.phases for each in (one, two, three)] == [(), ("L1",), ()]
    assert lines_of(two, site.places[0]) == ("L2",)
    assert narrowed(SiteState(site=SITE, evses=(two,)), site) == {"e1": ("L2",)}
    assert narrowed(SiteState(site=SITE, evses=(three,)), site) == {}


def test_a_car_that_takes_nothing_tells_nothing_of_its_phases() -> None:
    known = NEW
    for at in (0, 10, 20):
        known = observed(known, drawing(1, at, "t1", 0, 0, 0))

    assert known.phases == ()


def test_what_is_drawn_is_the_most_of_all_phases_or_follows_from_the_power() -> None:
    site = Site(provisioned(tree(63, 1)))

    assert draws(observed(NEW, drawing(1, 0, "t1", 10, 12, 11)), site.places[0], 230) == 12
    power = observed(NEW, seen(1, 0, "t1", watts=Decimal(6900), measured_at=BEGAN))
    assert draws(power, site.places[0], 230) == 10
    assert draws(NEW, site.places[0], 230) is None


def test_a_reading_that_is_older_or_comes_again_changes_nothing() -> None:
    state = metered(SiteState(site=SITE), reading(10, 20), 230)

    assert metered(state, reading(10, 20), 230) is state
    assert metered(state, reading(5, 90), 230) is state
    assert metered(state, reading(11, 90), 230).meters[0].amps["L1"] == 90


def test_watts_of_a_meter_count_as_equal_on_each_line() -> None:
    watts = replace(reading(0, 0), amps={}, watts=Decimal(-6900))

    assert metered(SiteState(site=SITE), watts, 230).meters[0].amps == {"L1": -10, "L2": -10, "L3": -10}


def test_a_silent_meter_counts_with_the_most_that_it_read_or_with_what_is_assumed() -> None:
    site = Site(provisioned(tree(63, meters=(METER,))))
    state = SiteState(site=SITE, known_at=BEGAN)
    for at, amps in ((0, 40), (10, 20)):
        state = metered(state, reading(at, amps), 230)

    assert flows(site, state, second(69))["building"]["L1"] == 20
    assert flows(site, state, second(70))["building"]["L1"] == 40
    assert [each.meter for each in silent(site, state, second(70))] == ["building"]
    assumed = Site(provisioned(tree(63, meters=(replace(METER, assumed_a=Decimal(55)),))))
    assert flows(assumed, state, second(70))["building"]["L1"] == 55


def test_a_reading_that_comes_long_after_it_was_made_is_none() -> None:
    site = Site(provisioned(tree(63, meters=(METER,))))
    late = replace(reading(100, 20), measured_at=second(0))
    state = metered(SiteState(site=SITE, known_at=BEGAN), late, 230)

    assert [each.meter for each in silent(site, state, second(100))] == ["building"]


def test_the_newest_need_stands() -> None:
    first = NeedStated(id="n", site=SITE, station="CP-1", evse=1, energy_wh=Decimal(9000), at=second(10))
    state = needed(SiteState(site=SITE), first)

    assert needed(state, replace(first, energy_wh=Decimal(1), at=second(5))) is state
    assert needed(state, replace(first, energy_wh=Decimal(7000), at=second(20))).needs[0].energy_wh == 7000
