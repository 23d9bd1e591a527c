"""Vendors over HTTP: provisioned, tried, listed with what came."""

from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from schemas.vendors import VendorProvisioned, VendorRemoved
from services.api.fakes import World
from services.api.stations.views import station_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.vendors.given import BODY, EXAMPLE, SEEN, transferred


@pytest.mark.usecase("P02")
async def test_a_vendor_is_provisioned_read_and_listed(client: AsyncClient, world: World) -> None:
    put = await client.put(EXAMPLE, json=BODY)
    got = await client.get("/api/v1/vendors/COM.EXAMPLE")
    listed = await client.get("/api/v1/vendors")

    (record,) = world.bus.published
    assert isinstance(record, VendorProvisioned)
    assert (record.vendor, record.vendor_id) == ("com.example", "com.example")
    assert bytes(record.messages[0].data) == b'{"vin":"${data.vin}","at":"${station}"}'
    assert put.json() == got.json() == listed.json()[0]
    assert got.json()["messages"][1] == {"message_id": "*", "status": "Rejected", "data": None}
    assert got.headers["etag"]


async def test_an_id_is_one_vendor_in_any_case(client: AsyncClient) -> None:
    await client.put(EXAMPLE, json=BODY)
    await client.put("/api/v1/vendors/Com.Example", json=BODY)

    (vendor,) = (await client.get("/api/v1/vendors")).json()
    assert vendor["vendor_id"] == "Com.Example"


@pytest.mark.parametrize(
    ("messages", "field", "says"),
    [
        ([], "messages", ""),
        ([{"message_id": "A"}, {"message_id": "a"}], "messages[1].message_id", "has a rule already"),
        ([{"data": "${vin}"}], "messages[0].data", "stands for nothing"),
        ([{"data": "x" * 9000}], "messages[0].data", "bytes"),
        ([{"status": "UnknownVendorId"}], "messages[0].status", ""),
        ([{"message_id": "x" * 51}], "messages[0].message_id", ""),
        ([{"messageId": "A"}], "messages", "messageId"),
    ],
)
async def test_rules_that_cannot_be_used_are_refused_by_name(
    client: AsyncClient, world: World, messages: Any, field: str, says: str
) -> None:
    refused = await client.put(EXAMPLE, json={"messages": messages})

    assert refused.status_code in (400, 422)
    assert refused.json()["errors"][0]["field"].startswith(field)
    assert says in refused.text
    assert world.bus.published == []


async def test_of_two_operators_the_later_is_told(client: AsyncClient) -> None:
    seen = (await client.put(EXAMPLE, json=BODY)).headers["etag"]
    await client.put(EXAMPLE, json=BODY | {"note": "other"})

    lost = await client.put(EXAMPLE, json=BODY, headers={"If-Match": seen})

    assert lost.status_code == 412
    assert {"field": "note", "detail": 'is now "other"'} in lost.json()["errors"]


async def test_a_vendor_is_removed(client: AsyncClient, world: World) -> None:
    await client.put(EXAMPLE, json=BODY)

    assert (await client.delete(EXAMPLE)).status_code == 204
    assert isinstance(world.bus.published[-1], VendorRemoved)
    assert (await client.get(EXAMPLE)).status_code == 404
    assert (await client.delete(EXAMPLE)).status_code == 404


async def test_an_answer_is_tried_before_a_station_asks_for_it(client: AsyncClient) -> None:
    await client.put(EXAMPLE, json=BODY)

    async def tried(path: str, **message: Any) -> Any:
        answer = await client.post(f"{path}/try", json=message)
        assert answer.status_code == 200
        return answer.json()

    assert await tried(EXAMPLE, message_id="carid", data={"vin": "W1"}, station="CP-9") == {
        "status": "Accepted",
        "data": {"vin": "W1", "at": "CP-9"},
    }
    assert await tried(EXAMPLE, message_id="Other") == {"status": "Rejected", "data": None}
    assert (await tried("/api/v1/vendors/com.other"))["status"] == "UnknownVendorId"


async def test_data_transfers_are_listed_of_all_and_of_a_station(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state())
    world.reads.station_rows = {STATION: station_of(a_state())}
    world.reads.transfer_rows = [
        transferred(),
        transferred(id="t2", station="OTHER", status="UnknownVendorId", answer=None),
    ]

    every = (await client.get("/api/v1/data-transfers?vendor_id=com.example&message_id=CarId")).json()
    own = (await client.get(f"/api/v1/stations/{STATION}/data-transfers?status=Accepted")).json()

    assert [row["id"] for row in every["items"]] == ["t1", "t2"]
    assert [row["id"] for row in own["items"]] == ["t1"]
    assert own["items"][0]["answer"] == {"vin": "W1"}
    assert world.reads.asked["data_transfers"][0].status == "Accepted"
    assert (await client.get("/api/v1/stations/NONE/data-transfers")).status_code == 404
    assert (await client.get("/api/v1/data-transfers?status=Lost")).status_code in (400, 422)


async def test_what_nobody_knows_is_listed(client: AsyncClient, world: World) -> None:
    world.reads.seen_vendor_rows = (SEEN,)

    (row,) = (await client.get("/api/v1/unknown-vendors")).json()

    assert row == msgspec.to_builtins(SEEN)
