"""Trees over HTTP: written with If-Match, refused with every fault at once, listed, and of whom a scope shows them."""

from httpx import AsyncClient

from schemas.energy import SiteChangedByOperator, SiteProvisioned, SiteRemoved
from schemas.operators import ApiKeyCreated, Scope
from services.api.fakes import NOON, World
from services.api.web.principals import digest_of
from tests.schemas.sites import a_tree
from tests.services.api.apps import app_of
from tests.services.api.conftest import client_of
from tests.services.api.energy.sites import SITE, a_body, a_site, with_stations


def limited(world: World, scope: Scope) -> AsyncClient:
    world.bus.hold(ApiKeyCreated(key="k", digest=digest_of("s"), roles=("energy",), scope=scope, created_at=NOON))
    return client_of(app_of(world.ports()), headers={"Authorization": "Bearer vbk_k_s"})


async def test_a_tree_is_written_read_listed_and_removed(client: AsyncClient, world: World) -> None:
    with_stations(world)

    written = await client.put(SITE, json=a_body(), headers={"If-None-Match": "*"})
    assert written.status_code == 200, written.text
    record, told = world.bus.published
    assert isinstance(record, SiteProvisioned)
    assert isinstance(told, SiteChangedByOperator)
    read = await client.get(SITE)
    again = await client.put(SITE, json=read.json()["tree"], headers={"If-Match": read.headers["etag"]})
    listed = await client.get("/api/v1/sites")
    removed = await client.delete(SITE, headers={"If-Match": again.headers["etag"]})

    assert again.json()["tree"] == read.json()["tree"], "what GET gives is what PUT takes"
    (item,) = listed.json()["items"]
    assert {name: item[name] for name in ("site", "tenant", "nodes", "evses", "meters")} == {
        "site": "berlin",
        "tenant": "default",
        "nodes": 4,
        "evses": 2,
        "meters": 1,
    }
    assert removed.status_code == 204
    assert [type(each) for each in world.bus.published[-2:]] == [SiteRemoved, SiteChangedByOperator]
    assert (await client.get(SITE)).status_code == 404
    assert (await client.delete(SITE)).status_code == 404


async def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_changed(
    client: AsyncClient, world: World
) -> None:
    nodes = a_body()["nodes"]
    nodes[1]["parent"] = "nowhere"
    body = a_body(voltage=1, nodes=nodes)

    refused = await client.put(SITE, json=body)

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [
        "voltage",
        "nodes[1].parent",
        "nodes[2].outlet.station",
        "nodes[3].outlet.station",
    ]
    assert world.bus.published == []


async def test_a_member_that_does_not_exist_is_refused_wherever_it_stands(client: AsyncClient, world: World) -> None:
    with_stations(world)
    nodes = a_body()["nodes"]
    nodes[2]["outlet"]["phases"] = 3

    refused = await client.put(SITE, json=a_body(nodes=nodes))

    assert refused.status_code == 422
    assert "phases" in refused.json()["errors"][0]["field"]


async def test_a_dry_run_says_what_would_stand_and_changes_nothing(client: AsyncClient, world: World) -> None:
    with_stations(world)

    tried = await client.put(SITE, params={"dry_run": True}, json=a_body())

    assert tried.status_code == 200
    assert tried.json()["site"] == "berlin"
    assert world.bus.published == []


async def test_an_evse_of_another_sites_tree_is_refused_with_the_name_of_that_site(
    client: AsyncClient, world: World
) -> None:
    with_stations(world)
    world.bus.hold(a_site("munich"))

    refused = await client.put(SITE, json=a_body())

    details = {each["field"]: each["detail"] for each in refused.json()["errors"]}
    assert refused.status_code == 422
    assert "munich" in details["nodes[2].outlet"]


async def test_of_two_changes_the_later_one_is_told(client: AsyncClient, world: World) -> None:
    with_stations(world)
    first = await client.put(SITE, json=a_body())
    await client.put(SITE, json=a_body(label="Garage"))

    late = await client.put(SITE, json=a_body(voltage=120), headers={"If-Match": first.headers["etag"]})

    assert late.status_code == 412


async def test_sites_are_listed_in_pages(client: AsyncClient, world: World) -> None:
    for name in ("c", "a", "b"):
        world.bus.hold(a_site(name))

    first = (await client.get("/api/v1/sites", params={"limit": 2})).json()
    rest = (await client.get("/api/v1/sites", params={"cursor": first["next_cursor"]})).json()

    assert [each["site"] for each in first["items"]] == ["a", "b"]
    assert [each["site"] for each in rest["items"]] == ["c"]
    assert rest["next_cursor"] is None


async def test_a_key_of_a_site_has_its_tree_and_no_other(world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site("munich"))
    async with limited(world, Scope(sites=("berlin",))) as own:
        written = await own.put(SITE, json=a_body(nodes=a_body()["nodes"][:2]))
        listed = await own.get("/api/v1/sites")

        assert written.status_code == 200, written.text
        assert [each["site"] for each in listed.json()["items"]] == ["berlin"]
        assert (await own.get("/api/v1/sites/munich")).status_code == 404
        assert (await own.delete("/api/v1/sites/munich")).status_code == 404
        assert (await own.put("/api/v1/sites/munich", json=a_body(nodes=a_body()["nodes"][:2]))).status_code == 403


async def test_a_key_of_a_tenant_has_sites_of_its_own_stations(world: World) -> None:
    with_stations(world, tenant="acme")
    world.bus.hold(a_site("munich", tenant="umbrella", tree=a_tree(nodes=a_tree().nodes[:2])))
    async with limited(world, Scope(tenants=("acme",))) as own:
        written = await own.put(SITE, json=a_body())
        assert written.status_code == 200, written.text
        assert written.json()["tenant"] == "acme"
        taken = await own.put("/api/v1/sites/munich", json=a_body(nodes=a_body()["nodes"][:2]))
        others = await own.put("/api/v1/sites/rome", json=a_body(tenant="umbrella", nodes=a_body()["nodes"][:2]))
        assert (taken.status_code, others.status_code) == (409, 403)
    with_stations(world, tenant="umbrella")
    async with limited(world, Scope(tenants=("acme",))) as own:
        foreign = await own.put(SITE, json=a_body())
        assert foreign.status_code == 422
        assert "no station" in foreign.json()["errors"][0]["detail"], "whose it is, is not told"


async def test_a_key_with_labels_has_no_whole_site(world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())
    async with limited(world, Scope(sites=("berlin",), labels={"row": "A"})) as own:
        assert (await own.get("/api/v1/sites")).json()["items"] == []
        assert (await own.get(SITE)).status_code == 404
