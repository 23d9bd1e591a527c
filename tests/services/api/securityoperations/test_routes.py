"""Security operations over HTTP: ordered, listed, cancelled; batches and what steers them."""

import pytest
from httpx import AsyncClient

from schemas.securityoperations import (
    SecurityBatchSteered,
    SecurityOperationCancelled,
    SecurityOperationOrdered,
    UpgradeProfile,
)
from services.api.fakes import World
from services.api.securityoperations.rows import OperationFilter, operation_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.securityoperations.worlds import NETWORK, a_batch, an_operation

OF_STATION = f"/api/v1/stations/{STATION}/security-operations"
UPGRADE = {"kind": "upgrade-profile", "security_profile": 2, "network": NETWORK}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state())


async def test_an_operation_is_ordered(client: AsyncClient, world: World) -> None:
    answer = await client.post(OF_STATION, json=UPGRADE | {"back_within_s": 60})
    (order,) = world.bus.published

    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    assert isinstance(order, SecurityOperationOrdered)
    assert isinstance(order.operation, UpgradeProfile)
    assert (order.id, order.back_within_s) == (answer.json()["operation"], 60)
    assert "seed" not in answer.json()


async def test_a_request_that_is_repeated_with_its_key_is_the_same_operation(client: AsyncClient, world: World) -> None:
    for _ in range(2):
        await client.post(OF_STATION, json=UPGRADE, headers={"Idempotency-Key": "k"})
    first, second = world.bus.published

    assert first.id == second.id


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "rotate-password"}, 409),  # no key for secrets
        ({"kind": "levitate"}, 422),
        (UPGRADE | {"security_profile": 4}, 422),
        (UPGRADE | {"colour": "red"}, 422),
    ],
)
async def test_what_cannot_be_is_refused(client: AsyncClient, body: dict, status: int) -> None:
    assert (await client.post(OF_STATION, json=body)).status_code == status


async def test_nobody_orders_at_an_unknown_station(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/NOBODY/security-operations", json=UPGRADE)).status_code == 404


async def test_operations_are_listed_and_shown(client: AsyncClient, world: World) -> None:
    world.reads.security_operation_rows["op-1"] = operation_of(an_operation())
    of_station = (await client.get(OF_STATION + "?kind=rotate-password&status=done")).json()
    assert world.reads.asked["security_operations"][0] == OperationFilter(
        station=STATION, kind="rotate-password", status="done"
    )
    of_all = (await client.get("/api/v1/security-operations?batch=b")).json()
    one = (await client.get("/api/v1/security-operations/op-1")).json()

    assert of_station["items"] == [one]
    assert of_all["items"] == []
    assert one["steps"][0]["command_id"] == "c1"
    assert (await client.get("/api/v1/security-operations/none")).status_code == 404


async def test_an_operation_is_cancelled_until_it_has_ended(client: AsyncClient, world: World) -> None:
    world.reads.security_operation_rows["op-1"] = operation_of(an_operation(status="waiting", ended_at=None))
    world.reads.security_operation_rows["op-2"] = operation_of(an_operation(operation="op-2"))

    assert (await client.post("/api/v1/security-operations/op-1/cancel")).status_code == 202
    assert (await client.post("/api/v1/security-operations/op-2/cancel")).status_code == 409
    (cancelled,) = world.bus.published
    assert isinstance(cancelled, SecurityOperationCancelled)
    assert (cancelled.operation, cancelled.station) == ("op-1", STATION)


async def test_a_batch_is_ordered_listed_and_steered(client: AsyncClient, world: World) -> None:
    ordered = await client.post("/api/v1/security-batches", json=UPGRADE | {"title": "TLS"})
    assert (ordered.status_code, ordered.json()["stations"]) == (202, 1)
    world.bus.published.clear()
    world.bus.hold(a_batch())

    listed = (await client.get("/api/v1/security-batches")).json()["items"]
    one = (await client.get("/api/v1/security-batches/batch-1")).json()
    assert one in listed
    assert (await client.post("/api/v1/security-batches/batch-1/pause")).status_code == 202
    assert (await client.post("/api/v1/security-batches/batch-1/resume")).status_code == 409
    assert (await client.post("/api/v1/security-batches/batch-1/explode")).status_code == 422
    assert (await client.post("/api/v1/security-batches/none/pause")).status_code == 404
    (steered,) = world.bus.published
    assert isinstance(steered, SecurityBatchSteered)
    assert (steered.key, steered.action) == ("batch-1", "pause")


async def test_a_batch_without_stations_is_refused(client: AsyncClient) -> None:
    answer = await client.post("/api/v1/security-batches", json=UPGRADE | {"criteria": {"vendor": "Nobody"}})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "criteria")
