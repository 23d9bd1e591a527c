"""Who is told what when: decreases at once where a limit needs them, raises once the limits allow them with all that others may draw."""

from decimal import Decimal
from itertools import pairwise

from tests.services.energy.records import Stepped, drawing, metered, seen, told, tree
from tests.services.energy.test_observing import METER

NONE = Decimal(0)


def two_share(limit: float = 40) -> Stepped:
    """Both charge, the first since 30 s, the second since 60 s."""
    site = Stepped(tree(limit, 2, fallback_share=NONE)).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    return site


def test_who_comes_is_given_what_is_free_and_the_rest_once_the_other_has_given_way() -> None:
    site = two_share()
    first = site(seen(2, 60, "t2"))
    assert told(first) == {"CP-1": 20, "CP-2": 8}  # 32 and 8 fit; both are to have 20

    site.settle(61, first)
    assert told(site.wait(63.9)) == {}  # the first may still be drawing 32
    assert told(site.wait(72)) == {"CP-2": 20}  # and nobody is told anything within 10 s


def test_a_neighbour_that_has_not_accepted_counts_as_before() -> None:
    site = two_share()
    outputs = site(seen(2, 60, "t2"))
    site.settle(61, [each for each in outputs if getattr(each, "station", "") == "CP-2"])

    assert "CP-2" not in told(site.wait(100))


def test_what_a_limit_needs_is_told_at_once_however_soon_after_the_last() -> None:
    site = Stepped(tree(63, 1, meters=(METER,), fallback_share=NONE)).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))

    assert told(site(metered(33, 41))) == {"CP-1": 22}


def test_a_decrease_that_is_on_its_way_is_not_told_twice() -> None:
    site = Stepped(tree(63, 1, meters=(METER,), fallback_share=NONE)).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))
    site(metered(33, 41))

    assert told(site(metered(34, 41))) == {}
    assert told(site(metered(35, 45))) == {"CP-1": 18}


def test_a_small_raise_waits_for_a_minute() -> None:
    site = Stepped(tree(63, 1, meters=(METER,), fallback_share=NONE)).ready(1)
    site(metered(25, 36))
    site.settle(31, site(seen(1, 30, "t1")))  # 27
    site(metered(50, 35))

    assert site.live(105) == [(91.0, "CP-1", 28.0)]


def test_a_lease_is_renewed_before_it_ends() -> None:
    site = two_share()

    assert told(site.wait(329)) == {}
    assert told(site.wait(332)) == {"CP-1": 32}


def test_a_station_that_comes_back_is_told_again() -> None:
    site = two_share()
    site(seen(1, 60, "t1", connected=False))

    assert told(site(seen(1, 70, "t1"))) == {"CP-1": 32}


def test_who_has_least_is_raised_first() -> None:
    site = Stepped(tree(63, 2, meters=(METER,), fallback_share=NONE)).ready(2)
    site(metered(25, 51))
    site.settle(31, site(seen(1, 30, "t1")))  # 12
    site.settle(32, site(seen(2, 31.5, "t2")))
    site.live(60)  # 6 and 6

    assert list(told(site(metered(61, 20))).items()) == [("CP-1", 22), ("CP-2", 21)]


def test_turns_are_taken_where_not_all_can_charge_and_each_lasts_five_minutes() -> None:
    site = Stepped(tree(10, 2, fallback_share=NONE)).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    site(seen(2, 31, "t2"))
    paused = [(at, station) for at, station, amps in site.live(3600) if amps == 0]

    assert [station for _, station in paused] == ["CP-1", "CP-2", "CP-1", "CP-2", "CP-1"]
    assert all(600 <= later[0] - earlier[0] <= 620 for earlier, later in pairwise(paused))


def test_a_measured_site_is_left_alone_where_nothing_is_managed() -> None:
    site = Stepped(tree(63, 1, managed=False))
    outputs = [*site(seen(1, 0)), *site(drawing(1, 30, "t1", 16, 16, 16)), *site.wait(600)]

    assert not told(outputs)
