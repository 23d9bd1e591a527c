"""Adapters: the ports on the real world: ClickHouse reads bound to their door, compacted topics with read-your-writes."""

import asyncio
import functools
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import cast

from schemas.base import Record
from schemas.campaigns import CampaignChanged
from schemas.routing import route
from schemas.stations import StationChanged
from schemas.topics import FIRMWARE_CAMPAIGN_STATES, REFERENCE, STATION_STATES, Topic
from services.api import reads
from services.api.metrics import VIEW_WAITS_EXPIRED, count_campaigns
from services.api.ports import Publisher, Reads
from services.runtime.clickhouse import ClickHouse
from services.runtime.outage import Outage
from services.runtime.reference import CompactedView
from services.runtime.settings import Settings

READ_BACK_WITHIN_S = 2.0

READS = tuple(name for name in vars(Reads) if not name.startswith("_"))
"""Every read of the port, by name."""


def bound_reads(db: ClickHouse) -> Reads:
    """The port's reads, each with its first argument given."""
    return cast(Reads, SimpleNamespace(**{name: functools.partial(getattr(reads, name), db) for name in READS}))


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
            raise Outage("others had to be published first, and that took too long") from None
        try:
            await self._publisher.publish(*records)
        finally:
            self._turn.release()


class LiveReference:
    """Reference data and station states in memory, and who waits for a write of its own to come back."""

    def __init__(
        self,
        settings: Settings,
        told: Callable[[StationChanged], None],
        *,
        read_back_within_s: float = READ_BACK_WITHIN_S,
    ) -> None:
        self._told = told
        self._within_s = read_back_within_s
        self._waiting: defaultdict[tuple[str, str], list[tuple[Record, asyncio.Future[None]]]] = defaultdict(list)
        self.view = CompactedView(
            *REFERENCE, STATION_STATES, FIRMWARE_CAMPAIGN_STATES, settings=settings, changed=self.changed
        )

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""
        return self.view.get(topic, key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""
        return self.view.all(topic)

    async def read_back(self, record: Record) -> bool:
        """Wait until the record has been read back; False when that takes too long (Kafka has it all the same)."""
        routed = route(record)
        place = (routed.topic, routed.key.decode())
        back: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[place].append((record, back))
        try:
            if self._holds(record, place):
                return True
            await asyncio.wait_for(back, self._within_s)
        except TimeoutError:
            VIEW_WAITS_EXPIRED.inc()
            return False
        else:
            return True
        finally:
            self._waiting[place].remove((record, back))
            if not self._waiting[place]:
                del self._waiting[place]

    def changed(self, topic: Topic, key: str, record: Record | None) -> None:
        """A record was read: wake who waits for it, tell of a station's change (not of what was there at the start)."""
        for expected, back in self._waiting.get((topic.name, key), ()):
            if expected == record and not back.done():
                back.set_result(None)
        if isinstance(record, StationChanged):
            self._told(record)
        elif isinstance(record, CampaignChanged):
            count_campaigns(self.view.all(FIRMWARE_CAMPAIGN_STATES).values())

    def _holds(self, record: Record, place: tuple[str, str]) -> bool:
        topic = next(topic for topic in REFERENCE if topic.name == place[0])
        return self.view.get(topic, place[1]) == record
