"""A site is looked at again when something may be otherwise, and never without end at one time."""

from decimal import Decimal

from schemas.base import Due
from schemas.sitetrees import Limits, LimitWindow
from tests.services.energy.records import SITE, Stepped, grid, outlet, second, seen, told, tree


def test_a_site_without_sessions_sleeps() -> None:
    site = Stepped(tree(63, 3)).ready(3)
    site.wait(3600)

    assert site.state.wake_at is None


def test_a_site_whose_limits_change_by_the_clock_wakes_before_they_do() -> None:
    lunch = LimitWindow(start_time="08:10", end_time="13:00", limits=Limits(amps=Decimal(16)))
    site = Stepped(tree(nodes=(grid(63, windows=(lunch,)), outlet(1)), fallback_share=Decimal(0))).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))

    assert [each for each in site.live(620) if each[2] == 16] == [(580.0, "CP-1", 16.0)]


def test_what_is_due_comes_later_than_now_each_time() -> None:
    site = Stepped(tree(30, 3)).ready(3)
    for number in (1, 2, 3):
        site(seen(number, 30 + number, f"t{number}"))
    for _ in range(300):
        at = site.state.wake_at
        if at is None:
            break
        site(Due(key=SITE, at=at, sent_at=at))
        assert site.state.wake_at is None or site.state.wake_at > at
    assert told([]) == {}
    assert site.state.at is not None
    assert site.state.at > second(60)
