"""A firmware campaign over stations of three versions: canary, gates, halts, and a kill -9."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.bus import EmbeddedBus
from schemas.codec import Decoder
from schemas.frames import FRAMES, FrameLogged
from tests.brokers import broker
from tests.integration.campaigns import begun, finished, rows, seen
from tests.integration.product import create_topics, eventually
from tests.integration.split import Split
from tests.integration.wallboxes import NEW, OLD, SUBPROTOCOLS, Manner, alive, wallboxes

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANNERS: tuple[Manner, ...] = ("fails", *("speaks", "speaks", "stammers", "speaks", "speaks", "mute") * 5, "speaks")
"""Of 32 stations one fails: 3 %."""
UPDATES = {"UpdateFirmware", "SignedUpdateFirmware"}


@contextlib.contextmanager
def kafka(folder: Path) -> Iterator[str]:
    """A broker with its topics."""
    with broker(folder / "kafka") as own:
        create_topics(own.bootstrap)
        yield own.bootstrap


@contextlib.contextmanager
def embedded(_folder: Path) -> Iterator[str]:
    """An embedded bus."""
    with EmbeddedBus() as bus:
        yield bus.bootstrap


BUSES = {"kafka": kafka, "embedded": embedded}
STATIONS = {"kafka": 160, "embedded": 60}


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[
        pytest.param("embedded", marks=pytest.mark.embedded),
        pytest.param("kafka", marks=pytest.mark.kafka),
    ],
)
async def split(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Split]:
    """The product on one of the buses, ready."""
    bus: str = request.param
    folder = tmp_path_factory.mktemp(f"firmware-{bus}")
    with BUSES[bus](folder) as bootstrap:
        split = Split(bootstrap, folder, bus=bus)
        try:
            await split.start()
            yield split
        finally:
            await split.stop()


async def test_a_campaign_reaches_every_station_once_through_halts_and_a_kill(split: Split) -> None:
    count = STATIONS[split.bus]
    stations = wallboxes(count, prefix="FW", manners=MANNERS)
    failed = sum(station.manner == "fails" for station in stations)
    async with alive(stations, split.url), split.client() as api:
        url = await begun(
            api,
            stations,
            waves=[{"stations": 10}, {"percent": 28}, {"percent": 40}],
            gate={"success_share": 0.5},
            limits={"max_at_once": count // 4, "max_failures": failed // 2},
            policy={"attempts": 1, "healthy_for_s": 1, "quiet_s": 60, "deadline_s": 900},
        )

        async def in_the_middle() -> bool:
            campaign = await seen(api, url)
            return campaign is not None and campaign["counts"].get("succeeded", 0) >= count // 3

        await eventually(in_the_middle, within_s=60)
        await split.restart_firmware()
        campaign = await eventually(lambda: finished(api, url), within_s=150, every_s=0.5)
        updates = await rows(api, url, campaign["counts"])

    assert campaign["counts"] == {"succeeded": count - failed, "installation-failed": failed}
    assert [verdict["wave"] for verdict in campaign["verdicts"]] == [0, 1, 2, 3]
    assert {"halted", "resumed", "finished"} <= {event["what"] for event in campaign["timeline"]}
    sizes = [10, -(-count * 28 // 100), -(-count * 40 // 100)]
    assert Counter(row["wave"] for row in updates) == dict(enumerate([*sizes, count - sum(sizes)]))
    once = dict.fromkeys((row["station"] for row in updates), 1)
    assert {station.name: len(station.updates) for station in stations} == once, "by the stations' own count"
    assert await updates_sent(split.bootstrap) == once, "by the OCPP log"
    ended = Counter((station.version, station.firmware) for station in stations)
    assert all(ended[version, NEW] > count / 4 for version in SUBPROTOCOLS)
    assert sum(ended[version, OLD] for version in SUBPROTOCOLS) == failed


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
