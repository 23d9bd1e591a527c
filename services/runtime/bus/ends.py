"""Ends: looks up the current end offsets of partitions, on a connection of its own."""

import asyncio
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.kafkaclients import kafka_options
from services.runtime.process.settings import Settings

WITHIN_S = 10.0


class Ends:
    """Asks Kafka for end offsets. A broker answers each connection in order, so they would wait for a long fetch on a shared one."""

    def __init__(self, settings: Settings, *, name: str) -> None:
        self._settings = settings
        self._name = name
        self._consumer: AIOKafkaConsumer | None = None

    async def ends(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """The current end offsets. Raises KafkaError, TimeoutError, OSError."""
        async with asyncio.timeout(WITHIN_S):
            consumer = self._consumer or await self._connect()
            found = await consumer.end_offsets([TopicPartition(*place) for place in places])
        return {(tp.topic, tp.partition): end for tp, end in found.items()}

    async def _connect(self) -> AIOKafkaConsumer:
        self._consumer = AIOKafkaConsumer(
            **kafka_options(self._settings), client_id=f"voltbus-{self._name}-ends", enable_auto_commit=False
        )
        await self._consumer.start()
        return self._consumer

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None
