"""Simulated sites: their trees, their ledger, and what their buildings report."""

import json
import time
from datetime import UTC, datetime
from random import Random

import pytest

from loadtest.run.simulatedsites import Cars, SimulatedSites, SitesPlan
from tests.loadtest.run.site_api import site_api


def plan(api: str = "http://127.0.0.1:1", **changes) -> SitesPlan:
    return SitesPlan(**{"urls": ("ws://127.0.0.1:1",), "api": api, "key": "k", "evses": 2, "limit_a": 40.0} | changes)


async def test_a_tree_and_a_reading_of_each_building_are_provisioned() -> None:
    with site_api() as (url, given):
        sites = SimulatedSites(plan(url, sites=2))
        await sites.provision()
        sites.close()

    trees = [body for method, path, body in given if path == "/api/v1/sites/site-0001"]
    outlets = [node["outlet"] for node in trees[0]["nodes"] if "outlet" in node]
    assert [(one["station"], one["evse"], one["lines"]) for one in outlets] == [
        ("SITE-0001", evse, ["L2", "L3", "L1"]) for evse in (1, 2)
    ]
    readings = [body["readings"][0]["amps"] for _, path, body in given if path.endswith("/meters/building/readings")]
    assert readings == [dict.fromkeys(("L1", "L2", "L3"), "6.00")] * 2


async def test_what_stations_and_buildings_draw_is_in_the_ledger_by_the_lines_of_the_grid(tmp_path) -> None:
    ledger = tmp_path / "currents.jsonl"
    with site_api() as (url, _):
        sites = SimulatedSites(plan(url), currents=ledger)
        sites.stations[0].drawn(1, (20.0, 20.0, 20.0), datetime.now(UTC))
        sites.stations[0].drawn(2, (9.0, 0.0, 0.0), datetime.now(UTC))
        (posted,) = await sites.jump(0.3)
        time.sleep(0.05)
        sites.close()

    assert sites.load_a("site-0000") == {"L1": 47.0, "L2": 38.0, "L3": 38.0}
    assert sites.drawing("site-0000") == 2
    (one,) = sites.above("site-0000")
    assert (one.node, one.line, one.since) == ("grid", "L1", posted.sent)
    assert len(ledger.read_text().splitlines()) == 3
    assert json.loads(ledger.read_text().splitlines()[-1])["meter"] == "building"


@pytest.mark.parametrize(("stay_s", "wh"), [(0, 10_000_000), (60, 1)])
def test_cars_stay_for_ever_or_for_what_they_came_for(stay_s: int, wh: int) -> None:
    visit = Cars(plan(stay_s=stay_s), 2, Random(1)).visit(None)
    assert visit.curve.phases == 1
    assert visit.curve.battery_wh >= wh
    assert (visit.curve.battery_wh > 1_000) == (stay_s == 0)
