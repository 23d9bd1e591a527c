"""Worker processes that are killed, and that come and go, on a real Kafka: nothing is lost, and the ids stay the same."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.processes import Process
from schemas.base import Record
from schemas.codec import encode
from schemas.routing import route
from tests.integration.product import create_topics
from tests.services.webhooks.delivering import ids, session, to
from tests.services.webhooks.receiving import HttpReceiver, receiving
from tests.waiting import until

pytestmark = pytest.mark.kafka

STATIONS, EACH = [f"CP-{number}" for number in range(5)], 20


async def say(bootstrap: str, *records: Record) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    for record in records:
        where = route(record)
        await producer.send_and_wait(where.topic, encode(record), key=where.key, partition=where.partition)
    await producer.stop()


def worker(bootstrap: str, folder: Path, name: str) -> Process:
    environ = {
        **os.environ,
        "VOLTBUS_BOOTSTRAP": bootstrap,
        "VOLTBUS_WEBHOOK_PRIVATE_ADDRESSES": "allow",
        "VOLTBUS_WEBHOOK_FIRST_WAIT_S": "0.2",
        "VOLTBUS_SESSION_TIMEOUT_S": "6",
    }
    return Process(name, ["services", "webhooks", "--metrics-port", "0"], logs=folder, environ=environ)


async def test_nothing_is_lost_and_each_station_s_events_arrive_in_their_order(
    kafka_bootstrap: str, tmp_path: Path
) -> None:
    create_topics(kafka_bootstrap)
    first, second = worker(kafka_bootstrap, tmp_path, "first"), worker(kafka_bootstrap, tmp_path, "second")
    async with receiving() as there:
        name = f"killed-{os.getpid()}"
        await say(kafka_bootstrap, to(there, name, start=name))
        await first.start()
        try:
            every = [session(station, number) for number in range(1, EACH + 1) for station in STATIONS]
            await say(kafka_bootstrap, *every[: len(every) // 2])
            await until(lambda: len(there.got) >= len(STATIONS))
            there.answers = lambda _: b""  # what comes now stays without an answer
            await asyncio.sleep(0.5)
            os.kill(first.pid, signal.SIGKILL)
            await first.ended()
            await say(kafka_bootstrap, *every[len(every) // 2 :])
            there.answers = HttpReceiver().answers
            await second.start()
            await until(lambda: all(f"{station}-{EACH}" in ids(there, station) for station in STATIONS))
        finally:
            await first.stop()
            await second.stop()

    for station in STATIONS:
        assert list(dict.fromkeys(ids(there, station))) == [f"{station}-{number}" for number in range(1, EACH + 1)]
    assert len({got.delivery for got in there.got}) == len(every)


async def test_workers_come_and_go_while_they_deliver(kafka_bootstrap: str, tmp_path: Path) -> None:
    create_topics(kafka_bootstrap)
    first, second = worker(kafka_bootstrap, tmp_path, "one"), worker(kafka_bootstrap, tmp_path, "two")
    name, stations = f"shared-{os.getpid()}", [f"S-{number}" for number in range(5)]
    every = [session(station, number) for number in range(1, 31) for station in stations]
    async with receiving() as there:
        await say(kafka_bootstrap, to(there, name, start=name))
        await first.start()
        try:
            await say(kafka_bootstrap, *every[:50])
            await until(lambda: len(there.got) >= 10)
            await second.start()
            await say(kafka_bootstrap, *every[50:100])
            await until(lambda: len({got.delivery for got in there.got}) >= 100)
            await first.stop()
            await say(kafka_bootstrap, *every[100:])
            await until(lambda: all(f"{station}-30" in ids(there, station) for station in stations))
        finally:
            await first.stop()
            await second.stop()

    for station in stations:
        assert list(dict.fromkeys(ids(there, station))) == [f"{station}-{number}" for number in range(1, 31)]
    assert len({got.delivery for got in there.got}) == len(every)
