"""Quotas are set by the deployment, seen by the tenant, and kept at the door."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
from httpx import AsyncClient

from schemas.operators import ApiKeyCreated, Scope
from schemas.stations import StationProvisioned
from services.api.fakes import NOON, World
from services.api.web.principals import digest_of
from tests.services.api.apps import app_of
from tests.services.api.conftest import client_of

BODY = {"title": "Acme", "quotas": {"requests_per_s": 2, "stations": 10, "transfers": 0}}


def acme(world: World) -> AsyncClient:
    scope = Scope(tenants=("acme",))
    world.bus.hold(ApiKeyCreated(key="k", digest=digest_of("s"), roles=("admin",), scope=scope, created_at=NOON))
    return client_of(app_of(world.ports()), headers={"Authorization": "Bearer vbk_k_s"})


async def test_the_deployment_sets_quotas_and_sees_their_use(client: AsyncClient, world: World) -> None:
    world.bus.hold(StationProvisioned(station="A", tenant="acme", provisioned_at=NOON))
    world.bus.hold(StationProvisioned(station="B", tenant="umbrella", provisioned_at=NOON))

    saved = await client.put("/api/v1/tenants/acme", json=BODY)
    listed = (await client.get("/api/v1/tenants")).json()

    assert saved.status_code == 200
    assert [(each["tenant"], each["provisioned"], each["usage"]["stations"]) for each in listed] == [
        ("acme", True, 1),
        ("umbrella", False, 1),
    ]
    assert saved.json()["quotas"] == {"stations": 10, "requests_per_s": 2.0, "transfers": 0}
    assert (await client.get("/api/v1/tenants/nobody")).status_code == 404
    stale = await client.put("/api/v1/tenants/acme", json=BODY | {"note": "x"}, headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    assert (await client.delete("/api/v1/tenants/acme")).status_code == 204
    assert (await client.delete("/api/v1/tenants/acme")).status_code == 404


async def test_what_no_tenant_can_be_called_or_have_is_refused(client: AsyncClient) -> None:
    assert (await client.put("/api/v1/tenants/Acme", json=BODY)).status_code == 422
    assert (await client.put("/api/v1/tenants/a", json={"quotas": {"requests_per_s": 0}})).status_code == 422


async def test_a_tenant_sees_its_own_and_sets_none(client: AsyncClient, world: World) -> None:
    for tenant in ("acme", "umbrella"):
        await client.put(f"/api/v1/tenants/{tenant}", json={"quotas": {"stations": 3}})

    async with acme(world) as own:
        assert [each["tenant"] for each in (await own.get("/api/v1/tenants")).json()] == ["acme"]
        assert (await own.get("/api/v1/tenants/umbrella")).status_code == 404
        assert (await own.put("/api/v1/tenants/acme", json={})).status_code == 403


async def test_requests_and_exports_beyond_the_quota_are_answered_429(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/tenants/acme", json=BODY)
    async with acme(world) as own:
        export = await own.get("/api/v1/cdrs/export")
        answers = [await own.get("/api/v1/me") for _ in range(2)]
        world.now += timedelta(seconds=10)
        refused = (await own.get("/api/v1/tenants/acme")).json()["usage"]["refused"]

    assert (export.status_code, export.json()["errors"][0]["field"]) == (429, "transfers")
    assert [each.status_code for each in answers] == [200, 429]
    assert answers[1].headers["retry-after"] == "1"
    assert answers[1].json()["detail"] == (
        "The tenant acme may have 2 requests a second, and has used them. Try again in 1 s."
    )
    assert refused == {"transfers": 1, "requests_per_s": 1}


async def test_requests_of_a_tenant_wait_for_their_turn_and_those_of_another_do_not(world: World) -> None:
    reading, may_end = asyncio.Event(), asyncio.Event()

    class Slow:
        """ClickHouse, which answers acme's first question late."""

        def __getattr__(self, name: str) -> Any:
            return getattr(world.reads, name)

        async def stations(self, *args: Any, **given: Any) -> Any:
            if not reading.is_set():
                reading.set()
                await may_end.wait()
            return await world.reads.stations(*args, **given)

    for tenant in ("acme", "umbrella"):
        scope = Scope(tenants=(tenant,))
        world.bus.hold(ApiKeyCreated(key=tenant, digest=digest_of("s"), roles=("admin",), scope=scope, created_at=NOON))
    ports = world.ports()
    slow: Any = Slow()
    ports = msgspec.structs.replace(
        ports,
        reads=slow,
        reads_within=lambda *_: slow,
        config=msgspec.structs.replace(ports.config, tenant_requests_at_once=1),
    )
    app = app_of(ports)
    async with (
        client_of(app, headers={"Authorization": "Bearer vbk_acme_s"}) as acme,
        client_of(app, headers={"Authorization": "Bearer vbk_umbrella_s"}) as other,
    ):
        first = asyncio.create_task(acme.get("/api/v1/stations"))
        await asyncio.wait_for(reading.wait(), 10)
        second = asyncio.create_task(acme.get("/api/v1/stations"))
        answers = [await other.get("/api/v1/stations") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert not second.done()
        may_end.set()

        assert [(await each).status_code for each in (first, second)] == [200, 200]
