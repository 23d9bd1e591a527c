"""The ways a session ends by itself, on real Kafka, with the worker killed between the sessions' starts and what ends them."""

import asyncio
import datetime as dt
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from msgspec.structs import replace

from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.routing import route
from schemas.startnumbers import transaction_number
from schemas.transactions import SESSIONS, SessionChanged
from services.nouns import STATEFUL
from services.runtime.bus.topics import make_topics
from services.runtime.process.settings import TopicsSettings
from tests.services.transactions.records import meter, metered, start_16, stop_16
from tests.services.transactions.ways import NAMED, WAYS

pytestmark = pytest.mark.kafka
WITHIN_S = 50


def of(station: str, *facts: Record) -> list[Record]:
    """The facts as that station's."""
    return [replace(fact, station=station, id=f"{station}-{fact.id}") for fact in facts]  # type: ignore[attr-defined,type-var]


def begun(station: str) -> tuple[str, list[Record]]:
    """A session with a reading: the number of its transaction, and the records of the station."""
    (start,) = of(station, start_16())
    number = transaction_number(start)  # type: ignore[arg-type]
    return number, [start, *of(station, metered(meter(10, "3500"), transaction_id=number))]


class Heard:
    """The newest snapshot of each station's first session, as it comes."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._decoder = Decoder(SESSIONS)
        self.first: dict[str, SessionChanged] = {}

    async def until(self, status: str, energy_wh: int) -> None:
        """Wait until all first sessions have this status and this energy. Their records are on several topics, in any order."""
        async with asyncio.timeout(WITHIN_S):
            while {(s.status, s.energy_wh) for s in self.first.values()} != {(status, energy_wh)} or len(
                self.first
            ) < len(WAYS):
                for records in (await self._consumer.getmany(timeout_ms=200)).values():
                    for each in records:
                        self._keep(self._decoder.decode(each.value))

    def _keep(self, record: Record) -> None:
        if not isinstance(record, SessionChanged) or record.station not in WAYS:
            return
        known = self.first.get(record.station)
        if known is None or (record.session == known.session and record.changed_at >= known.changed_at):
            self.first[record.station] = record


def worker(bootstrap: str) -> subprocess.Popen[bytes]:
    """The service in a process of its own."""
    settings = ["--bootstrap", bootstrap, "--metrics-port", "0", "--session-timeout-s", "6"]
    return subprocess.Popen([sys.executable, "-m", "services", "transactions", *settings])


async def say(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
    for record in records:
        to = route(record)
        await producer.send_and_wait(to.topic, encode(record), key=to.key)


async def test_sessions_end_by_evidence_that_came_while_the_worker_was_dead_and_real_ends_correct_them(
    kafka_bootstrap: str,
) -> None:
    await make_topics(
        TopicsSettings(bootstrap=kafka_bootstrap, partitions=4, replication=1, gateways="gw-0"), services=STATEFUL
    )
    numbers = {station: begun(station) for station in WAYS}
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all")
    consumer = AIOKafkaConsumer(SESSIONS.name, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest")
    await producer.start()
    await consumer.start()
    heard, process = Heard(consumer), worker(kafka_bootstrap)
    try:
        for _, facts in numbers.values():
            await say(producer, facts)
        await heard.until("active", 2500)
        process.kill()
        process.wait()
        for station, way in WAYS.items():
            await say(producer, of(station, *way(numbers[station][0])))
        process = worker(kafka_bootstrap)
        await heard.until("presumed-ended", 2500)
        for station, session in heard.first.items():
            assert (session.estimated, NAMED[station] in session.anomalies) == (True, True)

        late = dt.timedelta(hours=1)
        for station, (number, _) in numbers.items():
            (stop,) = of(station, stop_16(transaction_id=number, minutes=19, meter_wh=Decimal(4000)))
            await say(producer, [replace(stop, received_at=stop.received_at + late)])  # type: ignore[attr-defined,type-var]
        await heard.until("ended", 3000)
        assert not any(session.estimated for session in heard.first.values())
    finally:
        process.kill()
        process.wait()
        await consumer.stop()
        await producer.stop()
