"""A site's forms: a tree is checked and written with every fault told, an EVSE's wiring corrected, needs and readings taken."""

import re
from decimal import Decimal

import msgspec
from httpx import AsyncClient

from schemas.energy import REF_SITES, NeedStated, SiteMeterReported, SiteProvisioned, SiteRemoved
from services.api.energy.editing import EXAMPLE
from services.api.energy.rows import ProvisionSite
from services.api.energy.sheets import csv_of
from services.api.fakes import World
from tests.schemas.sites import a_tree, nodes
from tests.services.api.energy.sites import a_body, a_site, with_stations

FRAGMENT = {"HX-Request": "true"}


def written(world: World, site: str = "berlin") -> SiteProvisioned:
    record = world.bus.get(REF_SITES, site)
    assert isinstance(record, SiteProvisioned)
    return record


async def test_a_site_is_checked_then_made(browser: AsyncClient, world: World) -> None:
    with_stations(world)
    form = {"site": "berlin", "tree": msgspec.json.encode(a_body()).decode()}

    checked = await browser.post("/sites", data=form | {"check": "1"}, headers=FRAGMENT)
    assert "Nothing stands against this tree." in checked.text
    assert world.bus.get(REF_SITES, "berlin") is None
    made = await browser.post("/sites", data=form)

    assert (made.status_code, made.headers["location"]) == (303, "/sites/berlin")
    assert written(world).tree == a_tree()
    assert (await browser.post("/sites", data=form, headers=FRAGMENT)).status_code == 412


async def test_everything_that_is_wrong_is_shown_beside_the_text(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())
    text = msgspec.json.encode(a_body(voltage=1)).decode()

    refused = await browser.post("/sites/berlin/tree", data={"tree": text, "check": "1"}, headers=FRAGMENT)
    broken = await browser.post("/sites/berlin/tree", data={"tree": "{"}, headers=FRAGMENT)
    strange = await browser.post("/sites/berlin/tree", data={"tree": '{"nodes":[{"colour":1}]}'}, headers=FRAGMENT)

    assert re.findall(r'data-field="([^"]*)"', refused.text) == [
        "voltage",
        "nodes[2].outlet.station",
        "nodes[3].outlet.station",
    ]
    assert (refused.status_code, broken.status_code, strange.status_code) == (422, 422, 422)
    assert "no JSON" in broken.text


async def test_a_tree_is_changed_in_the_state_that_the_form_showed(browser: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())
    page = (await browser.get("/sites/berlin")).text
    found = re.search(r'id="etag" name="etag" value="([^"]+)"', page)
    assert found is not None
    form = {"tree": msgspec.json.encode(a_body(label="New")).decode(), "etag": found[1]}

    first = await browser.post("/sites/berlin/tree", data=form, headers=FRAGMENT)
    second = await browser.post("/sites/berlin/tree", data=form, headers=FRAGMENT)

    assert "is saved" in first.text
    assert written(world).tree.label == "New"
    assert second.status_code == 412


async def test_a_sheet_is_checked_then_taken(browser: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site(tree=a_tree(label="Garage")))
    file = {"file": ("nodes.csv", csv_of(nodes()[:3]))}

    checked = await browser.post("/sites/berlin/sheet", files=file, data={"check": "1"}, headers=FRAGMENT)
    assert "Nothing stands against these 3 nodes." in checked.text
    taken = await browser.post("/sites/berlin/sheet", files=file, headers=FRAGMENT)

    assert "3 nodes" in taken.text
    assert (len(written(world).tree.nodes), written(world).tree.label) == (3, "Garage")
    other = await browser.post("/sites/berlin/sheet", files={"file": ("tree.json", "[]")}, headers=FRAGMENT)
    assert other.status_code == 422


async def test_the_wiring_of_an_evse_is_corrected_and_made_unknown(browser: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())

    turned = await browser.post("/sites/berlin/wiring", data={"node": "evse-1", "lines": "L2, L3 L1"}, headers=FRAGMENT)
    outlets = {node.node: node.outlet for node in written(world).tree.nodes if node.outlet}
    assert "L2, L3, L1" in turned.text
    assert (outlets["evse-1"].lines, outlets["evse-2"].lines) == (("L2", "L3", "L1"), ("L1", "L2", "L3"))

    await browser.post("/sites/berlin/wiring", data={"node": "evse-1", "lines": ""}, headers=FRAGMENT)
    assert written(world).tree.nodes[2].outlet.lines == ()  # type: ignore[union-attr]

    for form in (
        {"node": "evse-1", "lines": "L9"},
        {"node": "garage", "lines": "L1"},
        {"node": "evse-1", "lines": "L1 L1"},
    ):
        assert (await browser.post("/sites/berlin/wiring", data=form, headers=FRAGMENT)).status_code == 422


async def test_a_need_and_a_reading_are_taken_from_forms(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())

    stated = await browser.post(
        "/sites/berlin/needs",
        data={"evse": "DE-BER-0002|1", "energy_kwh": "12,5", "departure_at": "2026-06-01T18:00"},
        headers=FRAGMENT,
    )
    reported = await browser.post(
        "/sites/berlin/readings", data={"meter": "building", "L1": "4.5", "L2": "", "watts": ""}, headers=FRAGMENT
    )
    nothing = await browser.post("/sites/berlin/readings", data={"meter": "building", "L1": "x"}, headers=FRAGMENT)

    assert (stated.status_code, reported.status_code, nothing.status_code) == (200, 200, 422)
    need, reading = world.bus.published[-2:]
    assert isinstance(need, NeedStated)
    assert (need.station, need.energy_wh) == ("DE-BER-0002", Decimal(12_500))
    assert isinstance(reading, SiteMeterReported)
    assert reading.amps == {"L1": Decimal("4.5")}


async def test_a_tree_is_removed(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())

    assert (await browser.post("/sites/berlin/remove", headers=FRAGMENT)).status_code == 200
    assert isinstance(world.bus.get(REF_SITES, "berlin"), SiteRemoved)


def test_the_example_is_a_tree() -> None:
    assert msgspec.json.decode(EXAMPLE, type=ProvisionSite).tree().nodes[2].outlet is not None
