"""One service on a bus: run its worker, say records, hear what it says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.routing import route
from schemas.topic import Topic
from schemas.topics import gateway_topic
from services.nouns import ServicesSettings, build
from services.runtime.loop.worker import StreamWorker, Worker

R = TypeVar("R", bound=Record)

READY_WITHIN_S = 60
HEARD_WITHIN_S = 90


class Bus:
    """Says records and hears others, by their topics."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, decoder: Decoder) -> None:
        self._producer, self._consumer, self._decoder = producer, consumer, decoder

    async def say(self, *records: Record) -> None:
        """Send records where they belong, and wait until the bus has them."""
        for record in records:
            to = route(record)
            await self._producer.send_and_wait(to.topic, encode(record), key=to.key, partition=to.partition)

    async def hear(self, kind: type[R], where: Callable[[R], bool]) -> R:
        """The next record of a kind for which `where` holds; others before it are passed over."""
        async with asyncio.timeout(HEARD_WITHIN_S):
            async for message in self._consumer:
                record = self._decoder.decode(message.value)
                if isinstance(record, kind) and where(record):
                    return record
        raise AssertionError("the bus has ended")


@contextlib.asynccontextmanager
async def serving(
    runs: Callable[[Any], Worker] | str, bootstrap: str, *, gateway: str = "", hears: tuple[Topic, ...]
) -> AsyncIterator[Bus]:
    """A worker, or that of the service of this name, on the embedded bus, ready. It hears `hears`, of the route only that to `gateway`."""
    settings = ServicesSettings(bootstrap=bootstrap, bus="embedded", session_timeout_s=3.0, metrics_port=0)
    worker: Worker = StreamWorker(build(runs, settings), settings) if isinstance(runs, str) else runs(settings)
    stop = asyncio.Event()
    names = [gateway_topic(gateway) if "<gateway>" in topic.name else topic.name for topic in hears]
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    await producer.start()
    await consumer.start()
    running = asyncio.create_task(worker.run(stop))
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while worker.not_ready() and not running.done():
                await asyncio.sleep(0.05)
        yield Bus(producer, consumer, Decoder(*hears))
    finally:
        stop.set()
        await consumer.stop()
        await producer.stop()
        await running
