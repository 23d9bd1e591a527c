"""Trees as files: what is exported is imported, all of it or nothing."""

import msgspec
from httpx import AsyncClient
from msgspec.structs import replace

from services.api.energy.rows import ProvisionSite
from services.api.energy.sheeting import json_of
from services.api.fakes import World
from tests.schemas.sites import a_tree
from tests.services.api.energy.sites import SITE, a_site, with_stations

CSV = {"Content-Type": "text/csv"}


async def test_a_sheet_goes_out_and_comes_in_and_the_rest_of_the_site_stays(client: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site(tree=a_tree(label="Garage")))

    sent = await client.get(f"{SITE}/export", params={"format": "csv"})
    text = sent.text.replace(",63,", ",50,", 1)
    taken = await client.post(f"{SITE}/node-imports", content=text, headers=CSV | {"If-Match": sent.headers["etag"]})

    assert sent.headers["content-type"].startswith("text/csv")
    assert taken.status_code == 200, taken.text
    tree = taken.json()["tree"]
    assert tree["nodes"][1]["limits"] == {"amps": "50"}
    assert (tree["label"], len(tree["meters"])) == ("Garage", 1)


async def test_the_json_of_an_export_is_what_put_takes(client: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())

    sent = await client.get(f"{SITE}/export")
    written = await client.put(SITE, content=sent.content, headers={"Content-Type": "application/json"})

    assert written.status_code == 200, written.text
    assert '"amps": 63' in sent.text
    assert msgspec.json.decode(json_of(a_tree()), type=ProvisionSite).tree() == a_tree()


async def test_a_sheet_with_faults_changes_nothing_and_names_them_all(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())
    text = "node,parent,kind,amps\ngrid,,grid,x\npanel,nowhere,shed,3\n"

    unreadable = await client.post(f"{SITE}/node-imports", content=text, headers=CSV)
    wrong = await client.post(
        f"{SITE}/node-imports", content=text.replace("x", "5").replace("shed", "panel"), headers=CSV
    )
    other = await client.post(f"{SITE}/node-imports", content="[]", headers={"Content-Type": "application/json"})

    assert [each["field"] for each in unreadable.json()["errors"]] == ["nodes[0].limits.amps", "nodes[1].kind"]
    assert "nodes[1].parent" in [each["field"] for each in wrong.json()["errors"]]
    assert other.status_code == 415
    assert world.bus.published == []


async def test_a_sheet_makes_a_new_site_and_a_dry_run_makes_none(client: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site("rome", tree=replace(a_tree(), nodes=a_tree().nodes[:2])))
    text = "node,parent,kind,amps\ngrid,,grid,63\n"

    tried = await client.post(f"{SITE}/node-imports", content=text, headers=CSV, params={"dry_run": True})
    assert (tried.status_code, world.bus.published) == (200, [])
    made = await client.post(f"{SITE}/node-imports", content=text, headers=CSV)

    assert made.json()["tree"] == {"nodes": [{"node": "grid", "kind": "grid", "limits": {"amps": "63"}}]}
