"""Sites made ready: fallbacks fit within their share of every limit at any time of the day, and everything is made once."""

from decimal import Decimal

import pytest

from schemas.energy import SiteRemoved
from schemas.sitetrees import Limits, LimitWindow
from services.energy.network import most
from services.energy.sites import Site, Sites
from tests.services.energy.records import BEGAN, SITE, grid, outlet, provisioned, second, tree


def test_fallbacks_share_their_part_of_the_limit_each_nothing_or_what_a_car_needs() -> None:
    assert Site(provisioned(tree(63, 4))).fallbacks.tolist() == [6, 6, 6, 0]  # 18.9 A


def test_what_the_tree_says_of_a_fallback_stands_and_leaves_less_to_the_others() -> None:
    nodes = (grid(63), outlet(1, fallback_a=Decimal(10)), outlet(2), outlet(3))

    assert Site(provisioned(tree(nodes=nodes))).fallbacks.tolist() == [10, 8, 0]


def test_fallbacks_fit_the_least_limit_of_the_day() -> None:
    night = LimitWindow(start_time="22:00", end_time="06:00", limits=Limits(amps=Decimal(21)))
    nodes = (grid(63, windows=(night,)), *(outlet(number) for number in range(1, 5)))
    site = Site(provisioned(tree(nodes=nodes)))

    assert site.fallbacks.tolist() == [6, 0, 0, 0]
    assert (most(site.plain, site.fallbacks)[:3] <= 0.3 * 21).all()


@pytest.mark.parametrize(
    ("seconds", "limit"), [(0, 63), (13 * 3600 + 3570, 63), (13 * 3600 + 3590, 21), (14 * 3600, 21)]
)
def test_a_lower_limit_is_kept_to_before_it_begins(seconds: float, limit: float) -> None:
    night = LimitWindow(start_time="22:00", end_time="06:00", limits=Limits(amps=Decimal(21)))
    site = Site(provisioned(tree(nodes=(grid(63, windows=(night,)), outlet(1)))))

    assert site.limits(second(seconds))[0] == limit


def test_a_site_is_made_ready_once_until_its_tree_is_another() -> None:
    sites, first = Sites(), provisioned(tree(63))

    assert sites(first) is sites(first) is sites(provisioned(tree(63)))
    assert sites(provisioned(tree(80))) is not sites(first)
    assert sites(SiteRemoved(site=SITE, removed_at=BEGAN)) is None
    assert sites(None) is None


def test_lines_that_the_present_car_does_not_load_are_kept_for_the_next_one() -> None:
    site = Site(provisioned(tree(63, 2)))
    wired = site.wired({"e1": ("L1",)})
    unused = site.unused(wired, site.fallbacks)
    by_line = {row.where: unused[at] for at, row in enumerate(wired.rows)}

    assert (by_line["L1"], by_line["L2"], by_line["L3"]) == pytest.approx((0, site.fallbacks[0], site.fallbacks[0]))
