"""Downlink: what services send to this gateway, over its own single-partition topic; and what was said of it before."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from aiokafka.errors import KafkaError

from gateway.kafka import Kafka, assign, read_to_end, readable
from schemas.base import Record
from schemas.codec import Decoder
from schemas.commands import StationLocated
from schemas.topics import GATEWAY, LOCATIONS, gateway_topic

log = logging.getLogger(__name__)

RETRY_S = 0.5
MOST_RECORDS = 1_000
TURN_RECORDS = 50
"""Handed over before stations have their turn: some 5 ms of commands to many at once."""

REST_S = 0.003
"""Between two looks at a busy route: each then brings more."""


class Downlink:
    """Decisions and commands for the stations held here, from the moment of `start` on.

    Older ones are for connections of an earlier life: their stations send again, their commands are reported by the orphans.
    """

    def __init__(self, gateway: str) -> None:
        self._topic = gateway_topic(gateway)
        self._decoder = Decoder(GATEWAY)
        self._consumer: Any = None
        self._part: Any = None
        self._next = 0

    async def start(self, kafka: Kafka) -> None:
        """Stand at the end of the route, before any station comes in. Raises Unreachable."""
        self._consumer = await kafka.consumer()
        parts = assign(self._consumer, self._topic, 1)
        await self._consumer.seek_to_end(*parts)
        self._part = parts[0]
        self._next = await self._consumer.position(self._part)

    async def run(self, receive: Callable[[Record], None]) -> None:
        """Hand over every record in its order, until cancelled."""
        while True:
            try:
                batches = await self._consumer.getmany(timeout_ms=1_000, max_records=MOST_RECORDS)
            except KafkaError as error:
                log.warning("The route cannot be read now: %r; trying again", error)
                await asyncio.sleep(RETRY_S)
                continue
            for records in batches.values():
                for number, record in enumerate(records, start=1):
                    self._next = record.offset + 1
                    routed = readable(self._decoder, self._topic, record.value)
                    if routed is not None:
                        receive(routed)
                    if number % TURN_RECORDS == 0:
                        await asyncio.sleep(0)
            if batches:
                await asyncio.sleep(REST_S)

    def lag(self) -> int:
        """Records on the route that were not handed over yet, as far as Kafka has told."""
        end = self._consumer.highwater(self._part)
        return max(0, (end or 0) - self._next)

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()


class Past(msgspec.Struct, frozen=True):
    """What was said before a gateway starts: its `orphans`, still told to be here, and the newest connection of any station."""

    orphans: tuple[StationLocated, ...] = ()
    newest_epoch: int = 0


async def past(kafka: Kafka, partitions: int, gateway: str) -> Past:
    """The stations that were here when this gateway ended without a word, for it has to say that they are gone.

    Raises Unreachable. Only this gateway's stations are held in memory.
    """
    decoder = Decoder(LOCATIONS)
    here: dict[str, StationLocated] = {}
    newest_epoch = 0
    consumer = await kafka.consumer()
    try:
        parts = assign(consumer, LOCATIONS.name, partitions)
        async for entry in read_to_end(consumer, parts):
            if entry.value is None:
                continue
            record = readable(decoder, LOCATIONS.name, entry.value)
            if record is None:
                continue
            assert isinstance(record, StationLocated)
            newest_epoch = max(newest_epoch, record.epoch)
            if record.gateway == gateway and record.connected:
                here[record.station] = record
            else:
                # A later word: it is elsewhere, or gone.
                here.pop(record.station, None)
    finally:
        await consumer.stop()
    return Past(orphans=tuple(here.values()), newest_epoch=newest_epoch)
