"""References: what operators provisioned, held in memory for admission; followed for as long as the process lives."""

import asyncio
import logging
from typing import Any

from aiokafka.errors import KafkaError

from gateway import metrics
from gateway.admission import Known
from gateway.kafka import Kafka, assign, read_to_end, readable
from schemas.codec import Decoder
from schemas.stations import StationProvisioned, StationRemoved
from schemas.topics import REF_STATIONS

log = logging.getLogger(__name__)

RETRY_S = 1.0


class References:
    """The newest word on every provisioned station, as far as a handshake asks for it."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._decoder = Decoder(REF_STATIONS)
        self._consumer: Any = None

    def known(self, station: str) -> Known | None:
        """What is provisioned of a station; None where nobody provisioned it."""
        return self._known.get(station)

    async def start(self, kafka: Kafka, partitions: int) -> None:
        """Read all there is. Raises Unreachable."""
        self._consumer = await kafka.consumer()
        parts = assign(self._consumer, REF_STATIONS.name, partitions)
        async for record in read_to_end(self._consumer, parts):
            self.apply(record.key, record.value)

    async def run(self) -> None:
        """Follow what changes, until cancelled."""
        while True:
            try:
                batches = await self._consumer.getmany(timeout_ms=1_000)
            except KafkaError as error:
                log.warning("Reference data cannot be read now: %r; trying again", error)
                await asyncio.sleep(RETRY_S)
                continue
            for records in batches.values():
                for record in records:
                    self.apply(record.key, record.value)

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    def apply(self, key: bytes | None, value: bytes | None) -> None:
        """One record of the topic; none at all (a tombstone) forgets the station of the key."""
        if value is None:
            self._known.pop((key or b"").decode(errors="replace"), None)
            return
        record = readable(self._decoder, REF_STATIONS.name, value)
        match record:
            case StationProvisioned(station=station, password_hash=password_hash):
                self._known[station] = Known(password_hash=password_hash)
            case StationRemoved(station=station):
                self._known.pop(station, None)
        metrics.REFERENCES.set(len(self._known))
