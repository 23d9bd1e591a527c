"""`python -m tests.services.firmware.bench [STATIONS]`: a campaign through the two real services on a real Kafka, measured.

The services run in a process of their own; this one plays the stations and all other services: it answers each command at
once, and lets the station boot with the new version. Prints time, commands a second, and the memory and CPU of the services.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.kafka import Kafka
from deploy.local.processes import Process, ready
from schemas.base import Record
from schemas.campaigns import BLOCK_STATIONS, FIRMWARE_CAMPAIGN_STATES, CampaignChanged, Limits
from schemas.codec import Decoder, encode
from schemas.commands import COMMANDS, CommandRequested, CommandSettled
from schemas.firmware import UpdatePolicy
from schemas.routing import route
from schemas.stations import StationChanged
from tests.integration.product import create_topics, free_ports
from tests.services.firmware.records import NEW, frozen, known, name_of, requested

PARTITIONS = 4
AT_ONCE = 1_000


class Stations:
    """Every station and every other service."""

    def __init__(self, producer: AIOKafkaProducer, count: int) -> None:
        self._producer = producer
        self.count = count
        self.commands: list[float] = []
        self.ended_at = 0.0
        self.told: CampaignChanged | None = None

    async def say(self, *records: Record) -> None:
        acks = [await self._producer.send(route(r).topic, encode(r), key=route(r).key) for r in records]
        await asyncio.gather(*acks)

    async def follow(self, consumer: AIOKafkaConsumer) -> None:
        decoder = Decoder(COMMANDS, FIRMWARE_CAMPAIGN_STATES)
        while True:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                answers: list[Record] = []
                for message in batch:
                    record = decoder.decode(message.value)
                    if isinstance(record, CommandRequested):
                        self.commands.append(time.monotonic())
                        answers += self._answers(record)
                    elif isinstance(record, CampaignChanged):
                        self.told = record
                        if record.status == "finished":
                            self.ended_at = time.monotonic()
                            return
                await self.say(*answers)

    def _answers(self, command: CommandRequested) -> list[Record]:
        at = command.requested_at
        settled = CommandSettled(
            id=f"s-{command.id}", command_id=command.id, station=command.station, outcome="accepted", settled_at=at
        )
        booted: StationChanged = known(station=command.station, version=NEW)
        changes: dict[str, Any] = {name: getattr(booted, name) for name in StationChanged.__struct_fields__}
        return [settled, StationChanged(**changes | {"booted_at": at, "changed_at": at})]


async def measure(stations: int) -> None:
    """One campaign over so many stations, all online."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Kafka(folder / "kafka")
        broker.start()
        create_topics(broker.bootstrap, partitions=PARTITIONS)
        (port,) = free_ports(1)
        environ = os.environ | {"VOLTBUS_BOOTSTRAP": broker.bootstrap, "VOLTBUS_METRICS_PORT": str(port)}
        services = Process("firmware", ["services", "firmware", "firmware-campaigns"], logs=folder, environ=environ)
        await services.start()
        try:
            await ready(services, host="127.0.0.1", port=port, within_s=60)
            await _campaign(broker.bootstrap, stations, services.pid)
        finally:
            await services.stop()
            broker.stop()


async def _campaign(bootstrap: str, count: int, pid: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=2)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, fetch_max_wait_ms=20)
    await producer.start()
    await consumer.start()
    try:
        topics = (COMMANDS.name, FIRMWARE_CAMPAIGN_STATES.name)
        consumer.assign([TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)])
        await consumer.seek_to_end()
        world = Stations(producer, count)
        following = asyncio.create_task(world.follow(consumer))
        for first in range(0, count, 1000):
            await world.say(*(known(station=name_of(n)) for n in range(first, min(count, first + 1000))))
        await asyncio.sleep(3)
        idle_mb, cpu_s = memory_mb(pid), cpu_s_of(pid)
        policy = UpdatePolicy(healthy_for_s=0)
        plan = requested(
            count,
            policy=policy,
            limits=Limits(max_at_once=AT_ONCE),
            wave_ends=(100, count // 10, count),
            requested_at=datetime.now(UTC),
        )
        begun = time.monotonic()
        await world.say(
            *(
                frozen(count, block, policy=policy, frozen_at=plan.requested_at)
                for block in range(-(-count // BLOCK_STATIONS))
            ),
            plan,
        )
        await asyncio.wait_for(following, 600)
        took_s = world.ended_at - begun
        span_s = world.commands[-1] - world.commands[0]
        assert world.told is not None
        print(f"{count} stations: {world.told.counts} in {took_s:.1f} s, {len(world.commands)} commands")
        print(f"{len(world.commands) / span_s:.0f} commands a second, at most {AT_ONCE} at once, three waves")
        print(f"services: {idle_mb:.0f} MB before, {memory_mb(pid):.0f} MB after, {cpu_s_of(pid) - cpu_s:.1f} s of CPU")
    finally:
        await consumer.stop()
        await producer.stop()


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s_of(pid: int) -> float:
    """CPU time that a process has used."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
