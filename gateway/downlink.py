"""Downlink: reads what services send to this gateway on its own topic, and at start which stations an earlier run left behind."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from gateway.kafka import RETRY_S, Kafka, decode_or_skip
from schemas.base import Record
from schemas.codec import Decoder
from schemas.commands import LOCATIONS, StationLocated
from schemas.kafkareading import assign_from_start, partitions_of, read_up_to
from schemas.topics import GATEWAY, gateway_topic

log = logging.getLogger(__name__)

MOST_RECORDS = 1_000
TURN_RECORDS = 50
"""Records handed over before the event loop serves stations again: some 5 ms of work."""

REST_S = 0.003
"""Pause between two fetches of a busy route, so that each brings more records."""


class Downlink:
    """Decisions and commands for the stations connected here, from the moment of `start` on.

    Older records are for connections of an earlier run: their stations send again, and reporting them as gone settles their commands.
    """

    def __init__(self, gateway: str) -> None:
        self._topic = gateway_topic(gateway)
        self._decoder = Decoder(GATEWAY)
        self._consumer: Any = None
        self._part: Any = None
        self._next = 0

    async def start(self, kafka: Kafka) -> None:
        """Seek to the end of the route, before any station connects. Raises Unreachable."""
        self._consumer = await kafka.consumer()
        parts = [TopicPartition(self._topic, 0)]
        self._consumer.assign(parts)
        await self._consumer.seek_to_end(*parts)
        self._part = parts[0]
        self._next = await self._consumer.position(self._part)

    async def run(self, receive: Callable[[Record], None]) -> None:
        """Hand over every record in order, until cancelled."""
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
                    routed = decode_or_skip(self._decoder, self._topic, record.value)
                    if routed is not None:
                        receive(routed)
                    if number % TURN_RECORDS == 0:
                        await asyncio.sleep(0)
            if batches:
                await asyncio.sleep(REST_S)

    def lag(self) -> int:
        """Number of records on the route that were not handed over yet, by the newest known end offset."""
        end = self._consumer.highwater(self._part)
        return max(0, (end or 0) - self._next)

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()


class Past(msgspec.Struct, frozen=True):
    """The content of `csms.locations` before a gateway starts: `orphans` are still located here; and the newest epoch of any connection."""

    orphans: tuple[StationLocated, ...] = ()
    newest_epoch: int = 0


async def read_past(kafka: Kafka, gateway: str) -> Past:
    """Read `csms.locations` in full: stations that are still located here were left by a killed gateway, and must be reported as gone.

    Raises Unreachable. Only this gateway's stations are kept in memory.
    """
    decoder = Decoder(LOCATIONS)
    located_here: dict[str, StationLocated] = {}
    newest_epoch = 0
    consumer = await kafka.consumer()
    try:
        ends = await assign_from_start(consumer, await partitions_of(consumer, (LOCATIONS.name,)))
        async for entry in read_up_to(consumer, ends):
            if entry.value is None:
                continue
            record = decode_or_skip(decoder, LOCATIONS.name, entry.value)
            if record is None:
                continue
            assert isinstance(record, StationLocated)
            newest_epoch = max(newest_epoch, record.epoch)
            if record.gateway == gateway and record.connected:
                located_here[record.station] = record
            else:
                # A later record: it is elsewhere, or gone.
                located_here.pop(record.station, None)
    finally:
        await consumer.stop()
    return Past(orphans=tuple(located_here.values()), newest_epoch=newest_epoch)
