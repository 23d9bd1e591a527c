"""Cars that take less than they may give the rest away, and get it back."""

from tests.services.energy.records import Stepped, drawing, metered, seen, told, tree
from tests.services.energy.test_observing import METER
from tests.services.energy.test_sequencing import NONE


def two(limit: float = 40) -> Stepped:
    site = Stepped(tree(limit, 2, fallback_share=NONE)).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    site.settle(33, site(seen(2, 32, "t2")))
    site.live(60)
    return site


def test_what_a_car_leaves_is_given_to_the_other() -> None:
    site = two()
    assert (site.evse(1).told.amps, site.evse(2).told.amps) == (20, 20)  # type: ignore[union-attr]
    for at in (110, 120, 135):
        site.settle(at, site(drawing(1, at, "t1", 10, 10, 10), drawing(2, at + 0.1, "t2", 20, 20, 20)))
    site.live(160)

    assert site.evse(1).ceiling_a == 12
    assert (site.evse(1).told.amps, site.evse(2).told.amps) == (12, 28)  # type: ignore[union-attr]


def test_it_gets_it_back_as_soon_as_it_draws_what_it_has() -> None:
    site = two()
    for at in (110, 120, 135):
        site.settle(at, site(drawing(1, at, "t1", 10, 10, 10), drawing(2, at + 0.1, "t2", 20, 20, 20)))
    site.live(160)
    site.settle(200.5, site(drawing(2, 199, "t2", 28, 28, 28), drawing(1, 200, "t1", 12, 12, 12)))

    assert site.evse(1).ceiling_a is None
    site.live(240)
    assert (site.evse(1).told.amps, site.evse(2).told.amps) == (20, 20)  # type: ignore[union-attr]


def test_a_car_is_given_a_minute_to_draw_what_it_was_given() -> None:
    site = Stepped(tree(63, 1, meters=(METER,), fallback_share=NONE)).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))
    for at in (40, 50, 60, 70, 80, 89):
        site.settle(at, site(drawing(1, at, "t1", 2, 2, 2)))

    assert site.evse(1).ceiling_a is None
    assert told(site(metered(90, 0))) == {}


def test_a_car_that_suspends_without_readings_keeps_the_least() -> None:
    site = Stepped(tree(63, 1, fallback_share=NONE)).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))
    site(seen(1, 100, "t1", charging_state="SuspendedEV"))
    site.live(140)

    assert site.evse(1).told.amps == 6  # type: ignore[union-attr]
