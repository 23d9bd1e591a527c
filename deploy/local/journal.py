"""The journal of reference data: saves to a file what the embedded bus would lose, and publishes it at the next start."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.checks import PRIVATE_FILE, CannotStart, private
from schemas.identities import REF_IDENTITIES
from schemas.kafkapacing import pace
from schemas.logins import LOGINS
from schemas.provisioning import REFERENCE

POLL_MS = 200

KEPT = (*REFERENCE, LOGINS, REF_IDENTITIES)
"""The topics that are saved: reference data, the vault, and ended logins (because cookies stay valid after the bus has stopped)."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The newest record of one key of one topic. Key and value are base64, so that any bytes are kept exactly."""

    topic: str
    key: str
    value: str


class Journal:
    """Appends each reference record that it reads to the file `path`.

    `replay` publishes the newest record of each key and shortens the file to these.
    """

    def __init__(self, path: Path, bootstrap: str) -> None:
        self._path = path
        self._bootstrap = bootstrap
        self._replayed: dict[TopicPartition, int] = {}

    async def replay(self) -> int:
        """Publish the saved records; to be called before any service starts. Returns their number. Raises CannotStart for a broken file."""
        private(self._path)
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
        """Save each reference record that is published inside the context. On exit, wait until all of them are in the file."""
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
            fetch_max_wait_ms=1,
            enable_auto_commit=False,
        )
        pace(consumer, "embedded", sink=True)
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
                for topic in KEPT
                for number in sorted(await producer.partitions_for(topic.name))
            ]
        finally:
            await producer.stop()

    async def _follow(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE), "a") as file:
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
                    break  # cut off during a write: that record was never confirmed as saved
                raise CannotStart(
                    f"{self._path}, line {number}, cannot be read ({error}). Mend or move the file."
                ) from error
            newest.pop((entry.topic, entry.key), None)
            newest[entry.topic, entry.key] = entry
        return list(newest.values())

    def _rewrite(self, entries: list[Entry]) -> None:
        shorter = self._path.with_suffix(".new")
        shorter.unlink(missing_ok=True)
        with os.fdopen(os.open(shorter, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
            file.write(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))
        shorter.replace(self._path)


def _line(topic: str, key: bytes, value: bytes) -> str:
    entry = Entry(topic=topic, key=base64.b64encode(key).decode(), value=base64.b64encode(value).decode())
    return msgspec.json.encode(entry).decode() + "\n"
