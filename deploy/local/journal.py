"""The journal of reference data: what the embedded bus would forget, kept in a file and said again at the next start."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.checks import CannotStart
from schemas.topics import REFERENCE

POLL_MS = 200


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The newest record of one key of one topic; both as base64, so that any bytes are kept to the letter."""

    topic: str
    key: str
    value: str


class Journal:
    """Appends every reference record it reads to `path`; `replay` publishes the newest of each key and shortens the file."""

    def __init__(self, path: Path, bootstrap: str) -> None:
        self._path = path
        self._bootstrap = bootstrap
        self._replayed: dict[TopicPartition, int] = {}

    async def replay(self) -> int:
        """Publish what was kept, before any service starts. Returns how many records. Raises CannotStart for a broken file."""
        newest = self._read()
        self._rewrite(newest)
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True)
        await producer.start()
        try:
            for entry in newest:
                key, value = base64.b64decode(entry.key), base64.b64decode(entry.value)
                sent = await producer.send_and_wait(entry.topic, value, key=key)
                self._replayed[sent.topic_partition] = sent.offset + 1
        finally:
            await producer.stop()
        return len(newest)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Keep every reference record said from now on; what was said before the end is kept before this returns."""
        consumer = await self._consumer()
        stop = asyncio.Event()
        following = asyncio.create_task(self._follow(consumer, stop))
        try:
            yield
        finally:
            stop.set()
            await following
            await consumer.stop()

    async def _consumer(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=20,
            enable_auto_commit=False,
        )
        await consumer.start()
        partitions = await self._partitions()
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, self._replayed.get(partition, 0))
        return consumer

    async def _partitions(self) -> list[TopicPartition]:
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap)
        await producer.start()
        try:
            return [
                TopicPartition(topic.name, number)
                for topic in REFERENCE
                for number in sorted(await producer.partitions_for(topic.name))
            ]
        finally:
            await producer.stop()

    async def _follow(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        with self._path.open("a") as file:
            while True:
                stopping = stop.is_set()
                batches = await consumer.getmany(timeout_ms=POLL_MS)
                for messages in batches.values():
                    for message in messages:
                        file.write(_line(message.topic, message.key or b"", message.value or b""))
                if batches:
                    file.flush()
                    os.fsync(file.fileno())
                elif stopping and await self._at_end(consumer):
                    return

    async def _at_end(self, consumer: AIOKafkaConsumer) -> bool:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        return all([await consumer.position(partition) >= end for partition, end in ends.items()])

    def _read(self) -> list[Entry]:
        newest: dict[tuple[str, str], Entry] = {}
        lines = self._path.read_bytes().splitlines() if self._path.exists() else []
        for number, line in enumerate(lines, start=1):
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except msgspec.DecodeError as error:
                if number == len(lines):
                    break  # cut off in the middle of a write: that record was never confirmed as kept
                raise CannotStart(
                    f"{self._path}, line {number}, cannot be read ({error}). Mend or move the file."
                ) from error
            newest.pop((entry.topic, entry.key), None)
            newest[entry.topic, entry.key] = entry
        return list(newest.values())

    def _rewrite(self, entries: list[Entry]) -> None:
        shorter = self._path.with_suffix(".new")
        shorter.write_bytes(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))
        shorter.replace(self._path)


def _line(topic: str, key: bytes, value: bytes) -> str:
    entry = Entry(topic=topic, key=base64.b64encode(key).decode(), value=base64.b64encode(value).decode())
    return msgspec.json.encode(entry).decode() + "\n"
