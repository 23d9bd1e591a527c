"""Publishing: many records at once, one caller after the other."""

import asyncio

from schemas.base import Record
from services.api.ports import Publisher
from services.runtime.process.outage import Outage


class InTurn:
    """A publisher that has many records at once on their way for one caller after the other; a single one never waits.

    For aiokafka's `add_batch` counts the wait of batches for one partition many times over: of ten callers at once it would
    give up some after half a second, and with them all that is on its way.
    """

    def __init__(self, publisher: Publisher, *, turn_within_s: float) -> None:
        self._publisher = publisher
        self._turn_within_s = turn_within_s
        self._turn = asyncio.Lock()

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Outage, also where the turn does not come in time."""
        if len(records) == 1:
            await self._publisher.publish(*records)
            return
        try:
            async with asyncio.timeout(self._turn_within_s):
                await self._turn.acquire()
        except TimeoutError:
            sentence = "others had to be published first, and that took too long"
            raise Outage(sentence, may_have_left=False) from None
        try:
            await self._publisher.publish(*records)
        finally:
            self._turn.release()
