"""BatchConsumer: records from Kafka in batches, for sinks; committed once the batch was handled."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import ConsumerRecord

from services.runtime.settings import Settings

Records = list[ConsumerRecord[bytes | None, bytes | None]]


class BatchConsumer:
    """Gathers up to `max_records` or for `max_wait_ms`, calls `handle`, commits. `Outage` from `handle`: again, later.

    A record without value (tombstone) comes too. Any other exception of `handle` ends `run`: a bug.
    """

    def __init__(
        self,
        topics: Sequence[str],
        group: str,
        handle: Callable[[Records], Awaitable[None]],
        *,
        settings: Settings,
        max_records: int = 5_000,
        max_wait_ms: int = 200,
    ) -> None:
        self.name = group
        self._topics = tuple(topics)
        self._handle = handle
        self._settings = settings
        self._max_records = max_records
        self._max_wait_ms = max_wait_ms

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; what is gathered then is handled and committed first."""
        await stop.wait()

    def not_ready(self) -> list[str]:
        """Why nothing is consumed now; empty when it is."""
        return [f"{self.name} is starting"]
