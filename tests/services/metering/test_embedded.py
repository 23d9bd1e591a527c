"""Metering on the embedded bus: what Kafka has can be queried, poison goes aside and to the inbox, a start settles what was open."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from schemas.transactions import SESSIONS
from services.api.history.bound import bound_reads
from services.nouns import ServicesSettings, build
from services.runtime.clickhouse import ClickHouse
from services.runtime.loop.worker import Worker
from tests.services.bus import serving
from tests.services.feeding import feed
from tests.services.fleet import (
    NOON,
    charge,
    command_requested,
    command_settled,
    connection,
    session_changed,
    station_changed,
)

FOUND_WITHIN_S = 30


def in_database(settings: ServicesSettings, *, dsn: str, database: str) -> Worker:
    own = msgspec.structs.replace(settings, clickhouse=dsn, clickhouse_database=database)
    worker: Worker = build("metering", own)[0]
    return worker


async def found(read: Callable[[], Awaitable[object]]) -> object:
    """What is read, as soon as there is something."""
    async with asyncio.timeout(FOUND_WITHIN_S):
        while not (what := await read()):
            await asyncio.sleep(0.05)
    return what


@pytest.mark.embedded
async def test_what_the_bus_has_can_be_read(fresh_bootstrap: str, chdb_dsn: str, db: ClickHouse) -> None:
    await feed(db, session_changed("before", station="DE-M0"), station_changed("DE-M0"))
    build = partial(in_database, dsn=chdb_dsn, database=db.database)
    told = charge("m-1", NOON, minutes_long=5, power_w=6000, station="DE-M1")

    async with serving(build, fresh_bootstrap, hears=(SESSIONS,)) as bus:
        await bus.say(station_changed("DE-M1"), *told, *told, *connection(NOON, station="DE-M1"))
        await bus.say(command_requested("c-m1", station="DE-M1"), command_settled("c-m1", station="DE-M1"))

        await found(lambda: bound_reads(db).session("m-1"))
        await found(lambda: bound_reads(db).station("DE-M1"))
        series = await found(lambda: _whole_series(db))
        command = await found(lambda: _settled(db))
        await found(lambda: _three_events(db))

    assert series == [0, 100, 200, 300, 400, 500]
    assert command == "accepted"
    left_open = await bound_reads(db).session("before")
    assert left_open is not None
    assert (left_open.status, left_open.anomalies) == ("presumed-ended", ("bus-forgotten",))
    offline = await bound_reads(db).station("DE-M0")
    assert offline is not None
    assert not offline.connected


async def _whole_series(db: ClickHouse) -> list[float] | None:
    values = [point.value for point in (await bound_reads(db).session_series("m-1")).energy_wh]
    return values if len(values) == 6 else None


async def _settled(db: ClickHouse) -> str | None:
    command = await bound_reads(db).command("c-m1")
    return command.outcome if command is not None and command.command and command.outcome != "pending" else None


async def _three_events(db: ClickHouse) -> bool:
    return len((await bound_reads(db).station_events("DE-M1")).items) == 3


@pytest.mark.embedded
async def test_poison_ends_in_the_inbox_and_the_flow_goes_on(
    fresh_bootstrap: str, chdb_dsn: str, db: ClickHouse
) -> None:
    build = partial(in_database, dsn=chdb_dsn, database=db.database)
    producer = AIOKafkaProducer(bootstrap_servers=fresh_bootstrap, acks="all")
    await producer.start()

    async with serving(build, fresh_bootstrap, hears=(SESSIONS,)) as bus:
        await producer.send_and_wait(SESSIONS.name, b"{", key=b"DE-P1")
        await bus.say(session_changed("p-1", station="DE-P1"))

        await found(lambda: bound_reads(db).session("p-1"))
        (letter,) = await found(lambda: _letters(db))  # type: ignore[misc]
    await producer.stop()

    assert (letter.topic, letter.service, letter.key, letter.value) == (SESSIONS.name, "metering", "DE-P1", "{")


async def _letters(db: ClickHouse) -> tuple[object, ...]:
    return tuple(each for each in (await bound_reads(db).dead_letters()).items if each.key == "DE-P1")
