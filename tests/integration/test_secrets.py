"""A password on its way through the whole product: it reaches the station, and stands in no record, answer or log."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from websockets.asyncio.client import ClientConnection, connect

from deploy.local.bus import EmbeddedBus
from schemas.topicplan import plan
from services.nouns import STATEFUL
from tests.integration.product import Product, eventually, running

CANARY = "canary-7f3a9b1c"
NAMED = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
PROFILE = {
    "configurationSlot": 1,
    "connectionData": {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://csms.example.com",
        "messageTimeout": 30,
        "securityProfile": 1,
        "ocppInterface": "Wireless0",
        "apn": {"apn": "internet", "apnPassword": CANARY, "apnAuthentication": "CHAP"},
        "vpn": {"server": "vpn.example.com", "user": "u", "password": CANARY, "key": CANARY, "type": "IKEv2"},
    },
}
BOOT = [2, "b", "BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}]
SAYS = (
    [2, "d", "DataTransfer", {"vendorId": "v", "data": {"wifi": {"password": CANARY}}}],
    [2, "r", "NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": "2026-01-01T00:00:00Z",
     "reportData": [{**NAMED, "variableAttribute": [{"value": CANARY}]}]}],
    [2, "x", "DataTransfer", {"vendorId": "v", "password": CANARY}],
)  # fmt: skip


@pytest.mark.embedded
async def test_a_password_reaches_its_station_and_nothing_else(tmp_path: Path) -> None:
    with EmbeddedBus() as bus:
        async with running(bus="embedded", bootstrap=bus.bootstrap, folder=tmp_path) as product:
            given, told = await _conversation(product)
            on_the_bus = await _everything(bus.bootstrap)

    assert given.count(CANARY) == 5, "each secret reached the station"
    assert "sealed:" not in given
    assert CANARY not in told, told[max(0, told.find(CANARY) - 600) : told.find(CANARY) + 200]
    where = on_the_bus.find(CANARY.encode())
    assert where < 0, on_the_bus[max(0, where - 700) : where + 200]
    assert b"sealed:v1:" in on_the_bus
    for file in tmp_path.rglob("*.log"):
        assert CANARY not in file.read_text(errors="replace"), file


async def _conversation(product: Product) -> tuple[str, str]:
    """The frames that the station received, and everything the API shows of it."""
    async with product.api() as api, connect(f"{product.url}/SECRET-1", subprotocols=["ocpp2.0.1"]) as socket:  # type: ignore[list-item]
        await socket.send(
            json.dumps(
                [
                    2,
                    "b",
                    "BootNotification",
                    {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}},
                ]
            )
        )
        assert json.loads(await socket.recv())[2]["status"] == "Accepted"
        answering = asyncio.create_task(_answers(socket, calls=3))
        setting = {"key": "SecurityCtrlr.BasicAuthPassword", "value": CANARY}
        firmware = {"location": f"ftp://user:{CANARY}@example.com/f.bin", "retrieve_at": "2026-01-01T00:00:00Z"}
        told = [
            await api.post(
                "/stations/SECRET-1/commands",
                json={"command": "SetConfiguration", "arguments": {"settings": [setting]}},
            ),
            await api.post("/stations/SECRET-1/ocpp/SetNetworkProfile", json={"payload": PROFILE}),
            await api.post("/stations/SECRET-1/commands", json={"command": "UpdateFirmware", "arguments": firmware}),
        ]
        assert [answer.json()["outcome"] for answer in told] == ["rejected", "rejected", "rejected"]
        given = await answering
        for frame in SAYS:
            await socket.send(json.dumps(frame))
            await socket.recv()
        await socket.send(json.dumps([2, "y", "DataTransfer", {"vendorId": "v", "data": {"password": CANARY}}])[:-3])
        await socket.recv()

        async def kept() -> str:
            paths = ("frames", "commands", "facts", "events")
            pages = [(await api.get(f"/stations/SECRET-1/{path}", params={"limit": 200})).text for path in paths]
            mine = {"station": "SECRET-1"}
            pages += [(await api.get(path, params=mine)).text for path in ("/exchanges", "/exchanges/export")]
            return "".join(pages) if '"y"' in pages[0] or '\\"y\\"' in pages[0] else ""

        return given, await eventually(kept) + "".join(answer.text for answer in told)


async def _answers(socket: ClientConnection, *, calls: int) -> str:
    """Refuse what the CSMS asks for, in the words of a station that repeats it."""
    given = ""
    for _ in range(calls):
        call: list[Any] = json.loads(await socket.recv())
        given += json.dumps(call)
        await socket.send(
            json.dumps([4, call[1], "PropertyConstraintViolation", f"'{CANARY}' is no good", {"got": call[3]}])
        )
    return given


async def _everything(bootstrap: str) -> bytes:
    """Every record on every topic, those of the services' states among them."""
    names = [topic.name for topic in plan(partitions=4, gateways=("gw-0",), services=STATEFUL)]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    await consumer.start()
    found = b""
    try:
        places = list(consumer.assignment())
        ends = await consumer.end_offsets(places)
        assert sum(ends.values()) > 0
        while [place for place in places if await consumer.position(place) < ends[place]]:
            for some in (await consumer.getmany(timeout_ms=200)).values():
                found += b"".join(record.value or b"" for record in some)
    finally:
        await consumer.stop()
    return found
