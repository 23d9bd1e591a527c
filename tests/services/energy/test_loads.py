"""A site as a whole, as it is published: what flows, what may, what each is told; at most once a second unless a limit is exceeded."""

from decimal import Decimal

from schemas.base import Record
from schemas.energy import SiteLoadChanged
from tests.services.energy.records import Stepped, drawing, metered, second, seen, tree
from tests.services.energy.test_observing import METER


def loads(outputs: list[Record]) -> list[SiteLoadChanged]:
    return [each for each in outputs if isinstance(each, SiteLoadChanged)]


def charging() -> Stepped:
    site = Stepped(tree(63, 2, meters=(METER,))).ready(2)
    site(metered(25, 10))
    site.settle(31, site(seen(1, 30, "t1")))
    site.live(40)
    return site


def test_it_shows_what_flows_and_what_may() -> None:
    site = charging()
    (said,) = loads(site(drawing(1, 50, "t1", 16, 0, 0)))

    (grid,) = said.nodes
    assert (grid.load_a, grid.limit_a) == (
        {"L1": 26, "L2": 10, "L3": 10},
        dict.fromkeys(("L1", "L2", "L3"), Decimal(63)),
    )
    first, second_one = said.evses
    assert (first.standing, first.told_a, first.draws_a, first.transaction_id) == ("charging", 32, 16, "t1")
    assert (second_one.standing, second_one.fallback_a, second_one.counted_a) == ("idle", 9, 9)
    assert grid.told_a["L1"] == 10 + 32 + 9


def test_it_is_published_once_a_second_and_the_last_change_is_not_lost() -> None:
    site = charging()
    at_once = loads(site(drawing(1, 50, "t1", 16, 16, 16)))
    soon = loads(site(drawing(1, 50.4, "t1", 17, 17, 17)))
    later = loads(site.wait(51))

    assert (len(at_once), len(soon), len(later)) == (1, 0, 1)
    assert later[0].evses[0].draws_a == 17
    assert later[0].revision == at_once[0].revision + 1


def test_what_changes_nothing_is_not_published() -> None:
    site = charging()
    site(drawing(1, 50, "t1", 16, 16, 16))

    assert loads(site(drawing(1, 60, "t1", 16, 16, 16))) == []


def test_a_limit_that_is_exceeded_is_published_at_once() -> None:
    site = charging()
    site(drawing(1, 50, "t1", 16, 16, 16))
    (said,) = loads(site(metered(50.2, 50)))

    assert said.exceeded
    assert said.nodes[0].exceeded
    assert site.state.over_since == second(50.2)


def test_the_standings_of_an_evse() -> None:
    site = charging()
    site(seen(2, 50, connected=False))
    (said,) = loads(site.wait(52)) or loads(site(drawing(1, 60, "t1", 16, 16, 16)))

    assert [each.standing for each in said.evses] == ["charging", "unreachable"]
