"""Alerts are said once when they begin, and once when they are over."""

from schemas.base import Record
from schemas.energy import SiteAlerted
from tests.services.energy.records import drawing, metered
from tests.services.energy.test_loads import charging


def alerts(outputs: list[Record]) -> list[tuple[str, str, bool]]:
    return [(each.what, each.subject, each.over) for each in outputs if isinstance(each, SiteAlerted)]


def test_a_meter_that_falls_silent_is_said_once_and_when_it_reads_again() -> None:
    site = charging()

    assert alerts(site.wait(300)) == [("meter-silent", "building", False)]
    assert alerts(site(metered(301, 10))) == [("meter-silent", "building", True)]


def test_a_limit_that_is_exceeded_for_ten_seconds_is_said() -> None:
    site = charging()
    site(drawing(1, 50, "t1", 32, 32, 32), metered(51, 60))

    assert alerts(site.wait(60)) == []
    said = alerts(site.wait(61))
    assert said == [("exceeded", "grid L1", False), ("exceeded", "grid L2", False), ("exceeded", "grid L3", False)]
    assert all(over for *_, over in alerts(site(metered(62, 10))))
