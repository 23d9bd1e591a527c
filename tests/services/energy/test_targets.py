"""What each EVSE is to be given, and who takes part in the sharing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.energy.observing import with_evse
from services.energy.targets import is_full, is_stuck, scene, targets
from tests.services.energy.records import Stepped, drawing, metered, second, seen, told, tree
from tests.services.energy.test_observing import METER


def wanted(site: Stepped, at: float) -> dict[str, float]:
    made = site.sites(site.references["csms.ref.sites"]["depot"])
    assert made is not None
    seen_now = scene(site.state, made, second(at))
    return {made.places[place].node: amps for place, amps in targets(seen_now).items()}


def test_what_the_fallbacks_of_idle_evses_need_is_left_to_them() -> None:
    site = Stepped(tree(63, 4)).ready(4)
    site(seen(1, 30, "t1"), seen(2, 31, "t2"))

    assert wanted(site, 31) == {"e1": 29, "e2": 28}  # 63 less 6 for e3


def test_an_external_limit_is_a_ceiling_and_below_the_least_gives_nothing() -> None:
    site = Stepped(tree(63, 3)).ready(3)
    site(seen(1, 30, "t1", external_a=Decimal(10)), seen(2, 31, "t2", external_a=Decimal(4)), seen(3, 32, "t3"))

    assert wanted(site, 32) == {"e1": 10, "e2": 0, "e3": 32}


def test_who_was_paused_stays_so_for_five_minutes() -> None:
    site = Stepped(tree(63, 1)).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))
    site.state = with_evse(site.state, replace(site.evse(1), paused_at=second(100)))

    assert wanted(site, 399) == {"e1": 0}
    assert wanted(site, 400) == {"e1": 32}


def test_an_unreachable_evse_counts_and_takes_no_part() -> None:
    site = Stepped(tree(63, 2)).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    site.settle(41, site(seen(2, 40, "t2"), seen(1, 41, "t1", connected=False)))

    assert wanted(site, 60) == {"e2": 63 - 32}


def test_an_evse_that_lets_the_time_pass_in_which_stations_obey_is_given_way_to() -> None:
    site = Stepped(tree(63, 2, meters=(METER,))).ready(2)
    site(metered(25, 0))
    site.settle(31, site(seen(1, 30, "t1"), seen(2, 30.5, "t2")))
    site.settle(61, site.wait(60))
    outputs = site(metered(62, 20))

    assert set(told(outputs)) == {"CP-1", "CP-2"}
    assert is_stuck(site.evse(1), scene(site.state, site.sites(site.references["csms.ref.sites"]["depot"]), second(65)))  # type: ignore[arg-type]


def test_a_car_that_takes_nothing_gets_what_nobody_else_wants() -> None:
    site = Stepped(tree(40, 2, fallback_share=Decimal(0))).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    for at in (100, 125):
        site.settle(at, site(drawing(1, at, "t1", 0, 0, 0)))
    assert is_full(site.evse(1))

    site.settle(131, site(seen(2, 130, "t2")))

    assert wanted(site, 131) == {"e1": 6, "e2": 32}


@pytest.mark.parametrize(("minutes", "turn"), [(9, "e1"), (11, "e2")])
def test_who_waits_for_long_is_given_the_least_before_who_charges(minutes: int, turn: str) -> None:
    site = Stepped(tree(10, 2, fallback_share=Decimal(0))).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    site(seen(2, 31, "t2"))
    after = second(31) + timedelta(minutes=minutes)

    given = wanted(site, (after - second(0)).total_seconds())

    assert [node for node, amps in given.items() if amps] == [turn]
