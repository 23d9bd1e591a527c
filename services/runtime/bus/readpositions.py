"""Read positions: how far this process has read the topics it follows, and waiting until it has read up to given offsets."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from aiokafka import TopicPartition


class Mark(NamedTuple):
    """The position of a record: partition and offset."""

    partition: TopicPartition
    offset: int


class ReadPositions:
    """The next offset to read of each partition that is followed. Followers call `advance` once a batch is handled."""

    def __init__(self) -> None:
        self._next: dict[TopicPartition, int] = {}
        self._waits: dict[asyncio.Future[None], dict[TopicPartition, int]] = {}

    def advance(self, to: Mapping[TopicPartition, int]) -> None:
        """Set the next offsets of these partitions; wakes the calls of `wait_for` that waited for them."""
        self._next |= to
        for waiting, ends in list(self._waits.items()):
            if not self._missing(ends) and not waiting.done():
                waiting.set_result(None)

    async def wait_for(self, ends: Mapping[TopicPartition, int], *, within_s: float) -> bool:
        """Wait until everything before `ends` has been read; False where that takes longer than `within_s` seconds."""
        missing = self._missing(ends)
        if not missing:
            return True
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits[waiting] = missing
        try:
            await asyncio.wait_for(waiting, within_s)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            del self._waits[waiting]

    def _missing(self, ends: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        return {partition: end for partition, end in ends.items() if self._next.get(partition, 0) < end}
