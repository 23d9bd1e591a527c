"""A firmware campaign over 500 simulated stations of three versions on a real Kafka: canary, gates, halts, and a kill -9."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.kafka import CannotRun, Kafka
from deploy.local.processes import Process, ready
from schemas.codec import Decoder
from schemas.frames import FrameLogged
from schemas.topics import FRAMES
from tests.integration.product import KEY, create_topics, eventually, free_ports

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

STATIONS = 500
READY_WITHIN_S = 90
UPDATES = {"UpdateFirmware", "SignedUpdateFirmware"}
OTHERS = ("stations", "authorization", "transactions", "commands", "metering", "api")


class Fleet:
    """The product with its firmware services in a process of their own, and simulated stations; all on a Kafka of its own."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        ocpp, api, *self._admin = free_ports(5)
        self.api_url = f"http://127.0.0.1:{api}"
        self._folder = folder
        self._environ = {
            **os.environ,
            "VOLTBUS_BOOTSTRAP": bootstrap,
            "VOLTBUS_CLICKHOUSE": f"chdb://{folder / 'clickhouse'}",
            "VOLTBUS_API_KEY": KEY,
            "VOLTBUS_STATIONS_UNKNOWN": "accept",
            "VOLTBUS_SESSION_TIMEOUT_S": "6",
        }
        self.others = self._process("others", "services", *OTHERS, "--port", str(api), admin=0)
        self.gateway = self._process("gateway", "gateway", "--port", str(ocpp), admin=1)
        self.firmware = self._process("firmware", "services", "firmware", "firmware-campaigns", admin=2)
        self.stations = Process(
            "stations",
            [
                *("loadtest", "fleet", "--stations", str(STATIONS), "--url", f"ws://127.0.0.1:{ocpp}/ocpp"),
                *("--no-cars", "--ramp", "100", "--firmware-seconds", "2", "--firmware-failures", "0.03"),
            ],
            logs=folder,
            environ=self._environ,
        )

    def _process(self, name: str, *module: str, admin: int) -> Process:
        arguments = [*module, "--metrics-port", str(self._admin[admin])]
        return Process(name, arguments, logs=self._folder, environ=self._environ)

    async def start(self) -> None:
        for process in (self.others, self.gateway, self.firmware):
            await process.start()
        await asyncio.gather(self._ready(self.others, 0), self._ready(self.gateway, 1), self._ready(self.firmware, 2))
        await self.stations.start()

    async def restart_firmware(self) -> None:
        """As `kill -9` does, and again."""
        os.kill(self.firmware.pid, signal.SIGKILL)
        await self.firmware.ended()
        await self.firmware.start()
        await self._ready(self.firmware, 2)

    async def _ready(self, process: Process, admin: int) -> None:
        await ready(process, host="127.0.0.1", port=self._admin[admin], within_s=READY_WITHIN_S)

    async def stop(self) -> None:
        for process in (self.stations, self.gateway, self.firmware, self.others):
            await process.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    """The fleet, online. Where Kafka cannot run: skipped with what to install; in CI that fails."""
    folder = tmp_path_factory.mktemp("firmware")
    broker = Kafka(folder / "kafka")
    try:
        broker.start()
    except CannotRun as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    create_topics(broker.bootstrap)
    fleet = Fleet(broker.bootstrap, folder)
    try:
        await fleet.start()
        yield fleet
    finally:
        await fleet.stop()
        broker.stop()


async def test_a_campaign_reaches_every_station_once_through_halts_and_a_kill(fleet: Fleet) -> None:
    async with httpx.AsyncClient(
        base_url=f"{fleet.api_url}/api/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
    ) as api:
        asked = {
            "name": "spring",
            "firmware": {"version": "2.5.0", "location": "https://example.com/all-2.5.0.bin"},
            "targets": {},
            "waves": [{"stations": 10}, {"stations": 140}, {"percent": 40}],
            "gate": {"success_share": 0.5},
            "limits": {"max_at_once": 120, "max_failures": 8},
            "policy": {"attempts": 1, "healthy_for_s": 1, "quiet_s": 60, "deadline_s": 900},
        }
        await eventually(lambda: all_online(api, asked), within_s=60, every_s=0.5)
        begun = await api.post("/firmware-campaigns", json=asked)
        assert begun.status_code == 201, begun.text
        url = f"/firmware-campaigns/{begun.json()['campaign']}"

        await eventually(lambda: updated(api, url, 170), within_s=60)
        await fleet.restart_firmware()
        campaign = await eventually(lambda: finished(api, url), within_s=150, every_s=0.5)
        rows = [row async for row in stations_of(api, url)]

    failed = campaign["counts"].get("installation-failed", 0)
    assert campaign["counts"] == {"succeeded": STATIONS - failed, "installation-failed": failed}
    assert 1 <= failed <= 45
    assert [verdict["wave"] for verdict in campaign["verdicts"]] == [0, 1, 2, 3]
    assert {"halted", "resumed", "finished"} <= {event["what"] for event in campaign["timeline"]}
    assert Counter(row["state"] for row in rows) == campaign["counts"]
    assert Counter(row["wave"] for row in rows) == {0: 10, 1: 140, 2: 200, 3: 150}
    assert await updates_sent(fleet.bootstrap) == dict.fromkeys((row["station"] for row in rows), 1)


async def all_online(api: httpx.AsyncClient, asked: dict[str, Any]) -> bool:
    draft = (await api.post("/firmware-campaigns", params={"dry_run": True}, json=asked)).json()
    return draft["stations"] == STATIONS and all(one["connected"] for one in draft["included"])


async def updated(api: httpx.AsyncClient, url: str, stations: int) -> bool:
    campaign = await resumed(api, url)
    return campaign is not None and campaign["counts"].get("succeeded", 0) >= stations


async def finished(api: httpx.AsyncClient, url: str) -> dict[str, Any] | None:
    campaign = await resumed(api, url)
    return campaign if campaign is not None and campaign["status"] == "finished" else None


async def resumed(api: httpx.AsyncClient, url: str) -> dict[str, Any] | None:
    """The campaign; where too many failures have halted it, the operator goes on."""
    answer = await api.get(url)
    if not answer.is_success:
        return None
    campaign: dict[str, Any] = answer.json()
    if campaign["status"] == "halted":
        assert "failed" in campaign["reason"]
        await api.post(f"{url}/resume")
    return campaign


async def stations_of(api: httpx.AsyncClient, url: str) -> AsyncIterator[dict[str, Any]]:
    """Every station's update, page after page, once ClickHouse has the last."""

    async def none_under_way() -> bool:
        counted = [
            (await api.get(f"{url}/stations", params={"state": s})).json()["items"] for s in ("observing", "sent")
        ]
        return not any(counted)

    await eventually(none_under_way)
    cursor = None
    while True:
        page = (await api.get(f"{url}/stations", params={"limit": 200} | ({"cursor": cursor} if cursor else {}))).json()
        for row in page["items"]:
            yield row
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def updates_sent(bootstrap: str) -> dict[str, int]:
    """How many update CALLs crossed the wire to each station, by the OCPP log."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    decoder = Decoder(FRAMES)
    sent: Counter[str] = Counter()
    await consumer.start()
    try:
        partitions = [TopicPartition(FRAMES.name, number) for number in range(4)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            while await consumer.position(partition) < ends[partition]:
                for records in (await consumer.getmany(partition, timeout_ms=500)).values():
                    for message in records:
                        frame = decoder.decode(message.value)
                        assert isinstance(frame, FrameLogged)
                        if (frame.direction, frame.kind) == ("out", "call") and frame.action in UPDATES:
                            sent[frame.station] += 1
    finally:
        await consumer.stop()
    return dict(sent)
