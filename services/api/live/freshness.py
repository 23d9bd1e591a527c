"""Freshness: the end offsets of Kafka's topics, how far this process has read, and how far the sink of ClickHouse has.

A read asks Kafka for the ends of the topics and waits until this process has read so far. One question serves everybody who
waits for its answer; who comes while it is on its way gets the next, for that answer may be older than what he was told.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.commands import COMMANDS, OUTCOMES
from schemas.kafkaclients import kafka_options
from schemas.kafkareading import partitions_of
from schemas.stations import STATION_STATES
from schemas.topic import Topic
from schemas.transactions import SESSIONS
from services.api.live.nouns import TOPICS
from services.api.web.metrics import FRESH_WAITS, OVERLAY_BEHIND
from services.runtime.bus.readpositions import ReadPositions
from services.runtime.bus.topics import require_topics
from services.runtime.process.outage import Outage
from services.runtime.process.settings import Settings

OVERLAID = (SESSIONS, COMMANDS, OUTCOMES, STATION_STATES, *TOPICS)
"""What is laid over ClickHouse. One feed of the sink stores them all."""

STORED_BY = "voltbus.metering-states"
"""The consumer group that commits what ClickHouse has of them: one feed of the sink."""

ASK_WITHIN_S = 1.0
FIRST_WITHIN_S = 10.0
LOOK_EVERY_S = 1.0
RETRY_S = 1.0

Ends = Mapping[TopicPartition, int]

log = logging.getLogger(__name__)


class Shared:
    """One answer for all who asked before the question left."""

    def __init__(self, ask: Callable[[], Awaitable[Ends]]) -> None:
        self._ask = ask
        self._next: asyncio.Task[Ends] | None = None
        self._asking = asyncio.Lock()

    async def __call__(self) -> Ends:
        """An answer to a question that left after this call."""
        if self._next is None:
            self._next = asyncio.create_task(self._one())
        return await asyncio.shield(self._next)

    async def _one(self) -> Ends:
        async with self._asking:
            self._next = None  # who comes now may know of more than this question will be answered with
            return await self._ask()


class Freshness:
    """Waits until `reached` is as far as `ends` were when it was asked, `within_s` seconds at most; not at all where Kafka is away."""

    def __init__(
        self, ends: Callable[[], Awaitable[Ends]], reached: ReadPositions, *, within_s: float, away: Callable[[], bool]
    ) -> None:
        self._ends = Shared(ends)
        self._reached = reached
        self._within_s = within_s
        self._away = away

    async def caught_up(self, topics: Collection[Topic]) -> bool:
        """Whether this process has read what these topics had when it was asked. False: what it knows may be a little old."""
        if self._away():
            return self._count_result("away")
        names = {topic.name for topic in topics}
        try:
            ends = {partition: end for partition, end in (await self._ends()).items() if partition.topic in names}
            there = await self._reached.wait_for(ends, within_s=self._within_s)
        except (Outage, KafkaError, OSError, TimeoutError):
            return self._count_result("away")
        return self._count_result("caught-up" if there else "late")

    def _count_result(self, result: str) -> bool:
        FRESH_WAITS.labels(result).inc()
        return result == "caught-up"


class Watermarks:
    """The ends of some topics, and how far the sink of ClickHouse has committed them; a connection of its own, that fetches nothing.

    (On a connection that fetches, an answer would wait behind a fetch for which there is nothing yet.)
    """

    name = "watermarks"

    def __init__(self, topics: Sequence[Topic], settings: Settings, stored: Callable[[Ends], None]) -> None:
        self._topics = tuple(topic.name for topic in topics)
        self._overlaid = frozenset(topic.name for topic in OVERLAID)
        self._settings = settings
        self._stored = stored
        self._consumer: AIOKafkaConsumer | None = None
        self._first: Ends = {}
        self._looked = asyncio.Event()
        self._partitions: list[TopicPartition] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Tell how far the sink is, every second, until `stop` is set; an outage is waited out."""
        while not stop.is_set():
            try:
                await self._look(stop)
            except (KafkaError, OSError, Outage, TimeoutError) as error:
                log.info("the ends of topics cannot be asked for: %s", error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY_S)

    async def ends(self) -> Ends:
        """The offset behind the last record of each partition, as of now. Raises Outage, KafkaError, TimeoutError."""
        if self._consumer is None:
            raise Outage("the ends of topics cannot be asked for yet")
        async with asyncio.timeout(ASK_WITHIN_S):
            ends: Ends = await self._consumer.end_offsets(self._partitions)
            return ends

    async def stored(self) -> Ends:
        """How far the sink was when this process first asked. Raises TimeoutError where Kafka does not tell in time."""
        await asyncio.wait_for(self._looked.wait(), FIRST_WITHIN_S)
        return self._first

    async def _look(self, stop: asyncio.Event) -> None:
        await require_topics(self._topics, self._settings, equal=False)
        options = kafka_options(self._settings)
        consumer = AIOKafkaConsumer(**options, client_id="voltbus-api-ends", group_id=None, enable_auto_commit=False)
        admin = AIOKafkaAdminClient(**options, client_id="voltbus-api-watermarks")
        try:
            await consumer.start()
            await admin.start()
            self._partitions = await partitions_of(consumer, self._topics)
            self._consumer = consumer
            while not stop.is_set():
                upto = await self._committed(admin)
                self._stored(upto)
                if not self._looked.is_set():
                    self._first = upto
                    self._looked.set()
                ends = await self.ends()
                OVERLAY_BEHIND.set(sum(end - upto[at] for at, end in ends.items() if end > upto.get(at, end)))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_EVERY_S)
        finally:
            self._consumer = None
            await admin.close()
            await consumer.stop()

    async def _committed(self, admin: AIOKafkaAdminClient) -> Ends:
        overlaid = [partition for partition in self._partitions if partition.topic in self._overlaid]
        answer = await admin.list_consumer_group_offsets(STORED_BY, partitions=overlaid)
        return {partition: max(0, at.offset) for partition, at in answer.items()}
