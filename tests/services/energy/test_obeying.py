"""An EVSE that draws more than it may is told again, then counted at what it draws, then a person is told."""

from schemas.energy import SiteAlerted
from tests.services.energy.records import Stepped, drawing, seen, told, tree
from tests.services.energy.test_sequencing import NONE


def disobeying() -> Stepped:
    """Both were told 20 A of 40; the first goes on with 32 A."""
    site = Stepped(tree(40, 2, fallback_share=NONE)).ready(2)
    site.settle(31, site(seen(1, 30, "t1")))
    site.settle(61, site(seen(2, 60, "t2")))
    site.live(90)
    return site


def test_it_is_told_again_then_counted_then_alerted() -> None:
    site = disobeying()
    first = site(drawing(1, 100, "t1", 32, 32, 32))
    assert told(first) == {"CP-1": 20}
    assert site.evse(1).drawn_a == 0

    site.settle(101, first)
    counted = site(drawing(1, 115, "t1", 32, 32, 32))
    assert site.evse(1).drawn_a == 32
    assert told(counted)["CP-2"] == 8  # what is left
    site.settle(116, counted)
    outputs = site(drawing(1, 130, "t1", 32, 32, 32))
    alerts = [each for each in outputs if isinstance(each, SiteAlerted) and each.what == "disobeys"]
    assert [(each.subject, each.over) for each in alerts] == [("e1", False)]

    site.settle(131, outputs)
    outputs = site(drawing(1, 150, "t1", 19, 19, 19))
    assert [each.over for each in outputs if isinstance(each, SiteAlerted) and each.what == "disobeys"] == [True]
    assert site.evse(1).drawn_a == 0


def test_nobody_is_accused_before_the_time_in_which_stations_obey_or_for_a_little() -> None:
    site = disobeying()
    settled = site.evse(1).told_at
    assert settled is not None

    for at, amps in ((100, 21.0), (110, 20.4)):
        assert told(site(drawing(1, at, "t1", amps, amps, amps))) == {}
    assert site.evse(1).strikes == 0
