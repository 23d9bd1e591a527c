"""The demo's sites are those of the simulated fleet, wired as it is, and their meters live."""

import msgspec
import pytest

from deploy.local.demo.sites import MACHINE_S, PERIOD_S, ROTATIONS, TREES, readings, trees_of
from deploy.local.demo.stations import FLEET, site_of
from loadtest.station.currents import ROTATIONS as ROTATIONS_OF_STATIONS
from loadtest.station.fleet import FleetOptions, plan_of
from schemas.sitetreerules import tree_faults
from schemas.sitetrees import SiteTree

OUTLETS = [(site, node["outlet"]) for site, tree in TREES.items() for node in tree["nodes"] if "outlet" in node]


def test_rotations_are_those_of_the_fleet() -> None:
    assert ROTATIONS == ROTATIONS_OF_STATIONS


@pytest.mark.parametrize(("site", "outlet"), OUTLETS, ids=lambda each: str(each)[:40])
def test_each_evse_is_one_of_the_fleet_at_its_site_wired_as_the_tree_says(site, outlet) -> None:
    number = FLEET.index(outlet["station"])
    _, plan = plan_of(FleetOptions(urls=("ws://x",)), number)
    socket = plan.outlets[outlet["evse"] - 1]

    assert site_of(outlet["station"]) == site
    assert outlet.get("dc", False) == (socket.kind == "DC")
    if outlet["lines"] and socket.kind == "AC":
        assert tuple(outlet["lines"]) == plan.lines[: socket.phases]


@pytest.mark.parametrize("site", TREES)
def test_each_tree_is_one_that_can_be_kept_to(site: str) -> None:
    """A warning is none: nothing is said of it."""
    tree = msgspec.convert(TREES[site], SiteTree, strict=False)

    assert list(tree_faults(tree)) == []


def test_a_small_fleet_has_the_evses_that_it_has() -> None:
    trees = dict(trees_of(FLEET[:6]))

    assert set(trees) == {"de-ham", "at-vie"}
    assert {node["outlet"]["station"] for node in trees["at-vie"]["nodes"] if "outlet" in node} == {"AT-VIE-0001"}
    assert dict(trees_of(FLEET[:1])) == {}


@pytest.mark.parametrize("site", TREES)
def test_every_node_hangs_on_another_and_every_meter_reads_something_that_changes(site: str) -> None:
    tree = TREES[site]
    names = {node["node"] for node in tree["nodes"]}
    assert {node["parent"] for node in tree["nodes"] if node["kind"] != "grid"} <= names

    then, later = dict(readings(site, MACHINE_S / 2)), dict(readings(site, PERIOD_S / 2))
    assert set(then) == {meter["meter"] for meter in tree["meters"]}
    assert all(then[meter] != later[meter] for meter in then)
    assert all(float(amps) <= 0 for amps in then.get("solar", {}).values())
