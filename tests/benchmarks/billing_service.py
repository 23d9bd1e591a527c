"""Billing as it runs, on a real Kafka of its own: `python -m tests.benchmarks.billing service|delay`. Asserts nothing about time.

service: so many ended sessions wait on csms.sessions and csms.meter-values; one worker of billing is started and bills them.
delay: the whole product under sessions of simulated stations; for each the time from Kafka's having its end (csms.sessions) until
Kafka has its bill (csms.cdrs), and for some until the API gives it out of ClickHouse.
"""

import asyncio
import contextlib
import datetime as dt
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.kafka import Kafka
from deploy.local.processes import Process, ready
from schemas.authorization import IdToken
from schemas.base import Record, derived_id
from schemas.billing import CDRS, CdrIssued
from schemas.codec import Decoder, encode
from schemas.quantities import ENERGY_IMPORT, POWER_IMPORT, Reading
from schemas.routing import route
from schemas.transactions import SESSIONS, MeterValuesRecorded, SessionChanged
from tests.benchmarks.billing import FLAT_ENERGY
from tests.integration.product import Product, create_topics, free_ports, running
from tests.services.billing.records import assigned, provisioned

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of every new topic's missing leader

PARTITIONS = 6
SAMPLES = 5
STATIONS = 500
BEGAN = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
READY_WITHIN_S = 60
LOOKED_UP_ONE_IN = 20
ASKED_EVERY_S = 0.2
FOUND_WITHIN_S = 30


# -- how many a second ------------------------------------------------------------------------------------------------


def history(sessions: int) -> Iterator[Record]:
    """What transactions says of so many sessions, round after round of all stations: start, samples, end."""
    for number in range(sessions):
        station = f"B-{number % STATIONS:05d}"
        began = BEGAN + dt.timedelta(minutes=number // STATIONS * 20)
        fixed: dict[str, Any] = {
            "session": derived_id("session", number),
            "station": station,
            "transaction_id": str(number),
        }
        yield _snapshot(fixed, began, 0)
        for sample in range(1, SAMPLES + 1):
            at = began + dt.timedelta(minutes=sample)
            readings = (
                Reading(at=at, measurand=ENERGY_IMPORT, value=Decimal(1000 + 333 * sample), unit="Wh"),
                Reading(at=at, measurand=POWER_IMPORT, value=Decimal(11_000), unit="W"),
            )
            yield MeterValuesRecorded(
                id=derived_id("mv", number, sample), evse=1, readings=readings, received_at=at, **fixed
            )
            yield _snapshot(fixed, began, sample)
        yield _snapshot(fixed, began, SAMPLES, status="ended", ended_at=began + dt.timedelta(minutes=SAMPLES + 1))


def _snapshot(fixed: dict[str, Any], began: dt.datetime, sample: int, **end: Any) -> SessionChanged:
    wh = Decimal(1000 + 333 * sample)
    given: dict[str, Any] = {"status": "active", **end}
    revision = sample + 1 + bool(end)
    return SessionChanged(
        id=derived_id(fixed["session"], revision),
        revision=revision,
        evse=1,
        connector=1,
        token=IdToken(value=f"T{fixed['transaction_id']}"),
        started_at=began,
        meter_start_wh=Decimal(1000),
        meter_stop_wh=wh,
        energy_wh=wh - 1000,
        last_meter_at=began + dt.timedelta(minutes=sample),
        changed_at=began + dt.timedelta(minutes=sample, seconds=revision),
        **fixed,
        **given,
    )


async def service(sessions: int) -> None:
    """Print how fast one worker bills sessions that wait."""
    with tempfile.TemporaryDirectory() as folder, Kafka(Path(folder) / "kafka") as kafka:
        await asyncio.to_thread(create_topics, kafka.bootstrap, partitions=PARTITIONS)
        records = await _filled(kafka.bootstrap, sessions)
        (admin,) = free_ports(1)
        environ = {**os.environ, "VOLTBUS_BOOTSTRAP": kafka.bootstrap, "VOLTBUS_METRICS_PORT": str(admin)}
        worker = Process("billing", ["services", "billing"], logs=Path(folder), environ=environ)
        async with _consumer(kafka.bootstrap, CDRS.name) as consumer:
            await worker.start()
            try:
                begun = time.monotonic()
                await ready(worker, host="127.0.0.1", port=admin, within_s=READY_WITHIN_S)
                first, last = await _billed(consumer, sessions)
                cpu_s = _cpu_s(worker.pid)
            finally:
                await worker.stop()
        took_s = last - first
        print(
            f"service: {sessions:,} sessions of {SAMPLES} samples, {records:,} records, one worker, {PARTITIONS} partitions:"
        )
        print(
            f"  {sessions / took_s:,.0f} sessions a second, {records / took_s:,.0f} records a second, after {first - begun:.1f} s"
        )
        print(f"  {cpu_s / sessions * 1000:.2f} ms of CPU a session, its start included")


async def _filled(bootstrap: str, sessions: int) -> int:
    """Everything that waits for billing, on its topics; how many records that are."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, max_batch_size=500_000)
    await producer.start()
    count = 0
    for record in (provisioned(FLAT_ENERGY), assigned("default"), *history(sessions)):
        to = route(record)
        await producer.send(to.topic, encode(record), key=to.key)
        count += 1
    await producer.stop()
    return count - 2


async def _billed(consumer: AIOKafkaConsumer, sessions: int) -> tuple[float, float]:
    """When the first bill was there, and when all were."""
    seen: set[str] = set()
    decoder, first = Decoder(CDRS), 0.0
    while len(seen) < sessions:
        for messages in (await consumer.getmany(timeout_ms=200)).values():
            first = first or time.monotonic()
            records = (decoder.decode(message.value) for message in messages)
            seen.update(record.session for record in records if isinstance(record, CdrIssued))
    return first, time.monotonic()


# -- how late ---------------------------------------------------------------------------------------------------------


async def delay(rate: float, seconds: int) -> None:
    """Print how long after their ends sessions are billed while so many a second charge."""
    with tempfile.TemporaryDirectory() as folder, Kafka(Path(folder) / "kafka") as kafka:
        await asyncio.to_thread(create_topics, kafka.bootstrap, partitions=PARTITIONS)
        async with (
            running(bus="kafka", bootstrap=kafka.bootstrap, folder=Path(folder)) as product,
            product.api() as api,
        ):
            await _priced(api)
            watch = Watch(api)
            watching = asyncio.create_task(watch.run(kafka.bootstrap))
            load = await _load(product, rate, seconds)
            await asyncio.sleep(2)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            missing = await watch.looked_up(FOUND_WITHIN_S)
    print(load)
    print(f"delay: {len(watch.ended)} sessions ended, {len(watch.bus_s)} billed")
    print(f"  from the end's being on csms.sessions until the bill is on csms.cdrs: {_spread(watch.bus_s)}")
    print(f"  from the bill's being on csms.cdrs until the API gives it: {_spread(watch.api_s)}, {missing} not found")
    print(f"  asked every {ASKED_EVERY_S * 1000:.0f} ms: on average half of that is the asking's own")


class Watch:
    """Reads csms.sessions and csms.cdrs as they grow, and asks the API for one bill in LOOKED_UP_ONE_IN."""

    def __init__(self, api: httpx.AsyncClient) -> None:
        self.ended: dict[str, float] = {}
        self.bus_s: list[float] = []
        self.api_s: list[float] = []
        self._api = api
        self._billed: dict[str, float] = {}
        self._lookups: set[asyncio.Task[None]] = set()

    async def run(self, bootstrap: str) -> None:
        """Watch until cancelled. Times are those of Kafka's messages: set by whoever sent them, on one machine."""
        decoder = Decoder(SESSIONS, CDRS)
        async with _consumer(bootstrap, SESSIONS.name, CDRS.name) as consumer:
            async for message in consumer:
                record, at = decoder.decode(message.value), message.timestamp / 1000
                if isinstance(record, SessionChanged) and record.status == "ended":
                    self._note(self.ended, record.session, at)
                elif isinstance(record, CdrIssued) and record.version == 1 and not record.credit:
                    self._note(self._billed, record.session, at)
                    if len(self._billed) % LOOKED_UP_ONE_IN == 0:
                        self._lookups.add(asyncio.create_task(self._look_up(record.id, at)))

    async def looked_up(self, within_s: float) -> int:
        """Wait for the look-ups under way; how many of them did not end in that time."""
        if not self._lookups:
            return 0
        done, late = await asyncio.wait(self._lookups, timeout=within_s)
        for lookup in late:
            lookup.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for lookup in done:
            lookup.result()
        return len(late)

    def _note(self, where: dict[str, float], session: str, at: float) -> None:
        if session in where:
            return
        where[session] = at
        if session in self.ended and session in self._billed:
            self.bus_s.append(self._billed[session] - self.ended[session])

    async def _look_up(self, cdr: str, on_the_bus: float) -> None:
        """Ask until it is there; the time is counted from Kafka's having it."""
        while (await self._api.get(f"/cdrs/{cdr}")).status_code != 200:
            await asyncio.sleep(ASKED_EVERY_S)
        self.api_s.append(time.time() - on_the_bus)


async def _priced(api: httpx.AsyncClient) -> None:
    price = {"type": "ENERGY", "price": "0.50", "vat": "19"}
    tariff = {"currency": "EUR", "elements": [{"price_components": [price]}]}
    (await api.put("/tariffs/bench", json=tariff)).raise_for_status()
    (await api.put("/tariff-assignments/default", json={"tariffs": ["bench"]})).raise_for_status()


async def _load(product: Product, rate: float, seconds: int) -> str:
    """The load tester's sessions; what it says of them."""
    command = ["-m", "loadtest", "sessions", "--url", product.url, "--rate", str(rate), "--seconds", str(seconds)]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--stations", str(int(rate * 4)), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    return said.decode()


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    p50, p99 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
    return (
        f"p50 {p50 * 1000:,.0f} ms, p99 {p99 * 1000:,.0f} ms, at most {ordered[-1] * 1000:,.0f} ms, of {len(ordered)}"
    )


@contextlib.asynccontextmanager
async def _consumer(bootstrap: str, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of whole topics, from their beginnings."""
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def _cpu_s(pid: int) -> float:
    """What a process has used (man 5 proc: utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
