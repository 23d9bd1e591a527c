"""What the contract tests hold on to: one test's topics on one bus, its workers, and what they said."""

import asyncio
import contextlib
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewTopic

from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.datatransfer import DATA_TRANSFERS, DataTransferred
from schemas.deadletters import DEAD, DeadLettered
from schemas.topics import dead_topic, due_topic, state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.producer import Publisher
from services.runtime.loop.hosting import build_host
from services.runtime.loop.service import Service
from services.runtime.loop.worker import StreamWorker
from tests import groups
from tests.services.runtime import counter
from tests.waiting import WITHIN_S, until

PARTITIONS = 4


class Bench:
    """One test on one bus: `put` records, run workers, read what they `said`."""

    def __init__(
        self, bus: str, bootstrap: str, *, session_timeout_s: float | None = None, hosts: bool = False
    ) -> None:
        self.bus, self.bootstrap = bus, bootstrap
        self.test = f"t{uuid.uuid4().hex[:10]}"
        self.inputs = counter.topics(self.test)
        self.hosts = hosts
        self.settings = counter.settings(bus, bootstrap)
        if session_timeout_s is not None:
            self.settings = msgspec.structs.replace(self.settings, session_timeout_s=session_timeout_s)
        self._publisher = Publisher(self.settings, name="test")
        self._processes: list[subprocess.Popen[bytes]] = []

    async def open(self) -> None:
        inputs = [*(topic.name for topic in self.inputs), due_topic(self.test)]
        names = dict.fromkeys((*inputs, state_topic(self.test), DATA_TRANSFERS.name), PARTITIONS)
        names |= {dead_topic(name): 1 for name in inputs}
        await self.open_topics(**names)
        await self._publisher.start()

    async def open_topics(self, *names: str, **partitions: int) -> None:
        """Make topics that are not there; the embedded bus makes its own."""
        wanted = dict.fromkeys(names, PARTITIONS) | partitions
        if self.bus == "kafka":
            compacted = {"cleanup.policy": "compact"}
            async with groups.admin(self.bootstrap) as admin:
                await admin.create_topics(
                    [
                        NewTopic(name, count, 1, topic_configs=compacted if name == state_topic(self.test) else {})
                        for name, count in wanted.items()
                    ]
                )

    async def close(self) -> None:
        await self._publisher.stop()
        for process in self._processes:
            process.kill()
            process.wait()

    async def put(self, *records: Record, part: int = 0) -> None:
        """Onto one of the inputs, in order."""
        topic = self.inputs[part].name
        await self._publisher.send([Outgoing(topic, record.station.encode(), encode(record)) for record in records])  # type: ignore[attr-defined]

    async def put_raw(self, key: bytes, value: bytes) -> None:
        """Bytes that need not be a record."""
        await self._publisher.send([Outgoing(self.inputs[0].name, key, value)])

    def service(self) -> Service[Any]:
        """What the bench's workers run: a counter, or two that share them."""
        return build_host(self.test, counter.hosted_pair(self.test)) if self.hosts else counter.service(self.test)

    @contextlib.asynccontextmanager
    async def worker(self, service: Service[Any] | None = None) -> AsyncIterator[StreamWorker[Any]]:
        """A worker in this process, ready; stopped afterwards."""
        worker, stop = StreamWorker(service or self.service(), self.settings), asyncio.Event()
        task = asyncio.create_task(worker.run(stop))
        try:
            await until(lambda: task.done() or not worker.not_ready())
            yield worker
        finally:
            stop.set()
            async with asyncio.timeout(WITHIN_S):
                await task

    def process(self, *kinds: str) -> subprocess.Popen[bytes]:
        """A worker in a process of its own."""
        kinds = (*kinds, "hosted") if self.hosts else kinds
        command = [sys.executable, "-m", "tests.services.runtime.counter", self.test, self.bus, self.bootstrap, *kinds]
        process = subprocess.Popen(command)
        self._processes.append(process)
        return process

    async def said(self, *, until: Callable[[list[DataTransferred]], bool]) -> list[DataTransferred]:
        """Everything the workers said, in each station's order, once `until` holds for it."""
        said: list[DataTransferred] = []

        def enough(record: Record) -> bool:
            if isinstance(record, DataTransferred) and record.vendor_id.startswith(self.test):
                said.append(record)
                return until(said)
            return False

        await self._read([DATA_TRANSFERS.name], Decoder(DATA_TRANSFERS), enough)
        return said

    async def dead(self, count: int) -> list[DeadLettered]:
        """The first dead letters of the first input."""
        dead: list[DeadLettered] = []

        def enough(record: Record) -> bool:
            assert isinstance(record, DeadLettered)
            dead.append(record)
            return len(dead) >= count

        await self._read([dead_topic(self.inputs[0].name)], Decoder(DEAD), enough)
        return dead

    async def states(self, worker: str = "") -> dict[str, bytes | None]:
        """The newest changelog entry of each key, by key: of the bench's worker, or another one."""
        topic = state_topic(worker or self.test)
        found: dict[str, bytes | None] = {}
        async with self._consumer([topic]) as consumer:
            ends = await consumer.end_offsets(list(consumer.assignment()))
            for partition, end in ends.items():
                while await consumer.position(partition) < end:
                    for records in (await consumer.getmany(partition, timeout_ms=500)).values():
                        found |= {record.key.decode(): record.value for record in records}
        return found

    async def overwrite(self, values: dict[str, bytes | None]) -> None:
        """Put other entries on the changelog of the bench's worker."""
        topic = state_topic(self.test)
        await self._publisher.send([Outgoing(topic, key.encode(), value) for key, value in values.items()])

    async def committed(self, group: str = "") -> dict[tuple[str, int], int]:
        """The offsets of the workers' group, or another one."""
        name = f"{groups.GROUPS_BEGIN}{group or self.test}"
        offsets = await groups.committed(self.bootstrap, [name])
        return {(tp.topic, tp.partition): offset for tp, offset in offsets[name].items()}

    async def members(self) -> set[str]:
        """The ids under which the group knows its workers now."""
        name = f"{groups.GROUPS_BEGIN}{self.test}"
        return (await groups.members(self.bootstrap, [name]))[name]

    async def _read(self, topics: Sequence[str], decoder: Decoder, enough: Callable[[Record], bool]) -> None:
        async with asyncio.timeout(WITHIN_S), self._consumer(topics) as consumer:
            while True:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for record in records:
                        if enough(decoder.decode(record.value)):
                            return

    @contextlib.asynccontextmanager
    async def _consumer(self, topics: Sequence[str]) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, fetch_max_wait_ms=20, enable_auto_commit=False, max_poll_records=100
        )
        await consumer.start()
        try:
            partitions = [
                TopicPartition(topic, number)
                for topic in topics
                for number in await consumer._client._wait_on_metadata(topic)
            ]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            yield consumer
        finally:
            await consumer.stop()
