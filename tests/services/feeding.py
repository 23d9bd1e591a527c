"""Feeds records to ClickHouse as Kafka would: encoded, by topic, through the real sink."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.deadletters import DeadLettered
from schemas.routing import route
from schemas.topics import dead_topic
from services.metering.declared import FEEDS
from services.metering.sink import Sink
from services.runtime.bus.outgoing import Outgoing
from services.runtime.clickhouse import ClickHouse

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@dataclass
class Aside:
    """Takes dead letters in place of Kafka."""

    sent: list[Outgoing] = field(default_factory=list)

    async def send(self, messages: Sequence[Outgoing]) -> None:
        self.sent += messages


@dataclass(frozen=True)
class Heard:
    """A Kafka record."""

    topic: str
    value: bytes | None
    key: bytes | None = b"key"
    partition: int = 0
    offset: int = 0


def heard(record: Record, topic: str | None = None) -> Heard:
    if topic is None:
        topic = dead_topic(record.topic) if isinstance(record, DeadLettered) else route(record).topic
    return Heard(topic, encode(record))


def sink(db: ClickHouse, aside: Aside) -> Sink:
    decoders: dict[str, Decoder] = {}
    for feed in FEEDS:
        decoders |= feed.decoders()
    return Sink(db, aside, name="metering", decoders=decoders, clock=lambda: NOW)


async def feed(db: ClickHouse, *records: Record) -> None:
    aside = Aside()
    await sink(db, aside).handle([heard(record) for record in records])
    assert aside.sent == []


FILLED = """
SELECT name FROM system.tables WHERE database = {database:String} AND total_rows > 0 AND name != 'migrations'
"""


async def empty(db: ClickHouse) -> None:
    """Take the rows out of every table. Few have any after a test, and to empty one that has none costs as much."""
    for (table,) in await db.rows(FILLED, {"database": db.database}):
        await db.command(f"TRUNCATE TABLE {table}")
