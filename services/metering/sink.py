"""Sink: a batch of Kafka records into ClickHouse, one insert per table; what cannot be read or held is put aside."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from schemas.base import Poison
from schemas.codec import Decoder, UnknownRecord
from services.metering.core import COLUMNS, Row, rows_of
from services.runtime import metrics
from services.runtime.batch import DeadLetter, Message
from services.runtime.clickhouse import ClickHouse
from services.runtime.deadletters import dead_letter
from services.runtime.producer import Publisher

BREATH_RECORDS = 500
"""Records mapped in one go; then the loop serves others (consumers must tell Kafka that they live)."""


class Sink:
    """Handles batches of the topics that `decoders` names.

    Dead letters leave before the rows are inserted, so that none is lost when ClickHouse is away; a batch that comes again
    gives the same rows and the same dead letters.
    """

    def __init__(
        self,
        db: ClickHouse,
        publisher: Publisher,
        *,
        name: str,
        decoders: Mapping[str, Decoder],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.name = name
        self._db = db
        self._publisher = publisher
        self._decoders = decoders
        self._clock = clock

    async def handle(self, messages: Sequence[Message]) -> None:
        """Insert the rows of a batch. Raises Outage: then the batch must come again."""
        tables: dict[str, list[Row]] = {}
        dead: list[DeadLetter] = []
        for start in range(0, len(messages), BREATH_RECORDS):
            for message in messages[start : start + BREATH_RECORDS]:
                self._map(message, tables, dead)
            await asyncio.sleep(0)
        if dead:
            await self._put_aside(dead)
        for table, rows in tables.items():
            await self._db.insert(table, COLUMNS[table], rows)
            metrics.SINK_ROWS.labels(table).inc(len(rows))

    def _map(self, message: Message, tables: dict[str, list[Row]], dead: list[DeadLetter]) -> None:
        if message.value is None:
            return  # the tombstone of a compacted topic: ClickHouse keeps what was
        try:
            record = self._decoders[message.topic].decode(message.value)
            for some in rows_of(record):
                if some.rows:
                    tables.setdefault(some.table, []).extend(some.rows)
        except (UnknownRecord, Poison) as refusal:
            dead.append(DeadLetter(message, str(refusal)))

    async def _put_aside(self, dead: list[DeadLetter]) -> None:
        at = self._clock()
        await self._publisher.send([dead_letter(each, service=self.name, at=at) for each in dead])
        for each in dead:
            metrics.DEAD_LETTERS.labels(self.name, each.message.topic).inc()
