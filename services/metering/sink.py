"""Sink: a batch of Kafka records into ClickHouse, one insert per table; what cannot be read or held is put aside."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from schemas.base import Poison, Record
from schemas.codec import Decoder, UnknownRecord
from services.metering.core import Columns, columns_of
from services.metering.declared import COLUMNS
from services.runtime.bus.producer import Publisher
from services.runtime.clickhouse import ClickHouse
from services.runtime.loop.batch import DeadLetter, Message
from services.runtime.loop.deadletters import dead_letter
from services.runtime.process import metrics

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
        tables: dict[str, list[list[Any]]] = {}
        dead: list[DeadLetter] = []
        for start in range(0, len(messages), BREATH_RECORDS):
            self._map(messages[start : start + BREATH_RECORDS], tables, dead)
            await asyncio.sleep(0)
        if dead:
            await self._put_aside(dead)
        for table, columns in tables.items():
            await self._db.insert(table, COLUMNS[table], columns)
            metrics.SINK_ROWS.labels(table).inc(len(columns[0]))

    def _map(self, messages: Sequence[Message], tables: dict[str, list[list[Any]]], dead: list[DeadLetter]) -> None:
        """Records of one type become columns together; where one of them cannot be held, each for itself."""
        for kind, heard in self._by_type(messages, dead).items():
            try:
                some = columns_of(kind, [record for _, record in heard])
            except Poison:
                some = [columns for each in heard for columns in self._alone(*each, dead)]
            for columns in some:
                if columns.columns[0]:
                    gathered = tables.setdefault(columns.table, [[] for _ in columns.columns])
                    for column, values in zip(gathered, columns.columns, strict=True):
                        column.extend(values)

    def _by_type(
        self, messages: Sequence[Message], dead: list[DeadLetter]
    ) -> dict[type[Record], list[tuple[Message, Record]]]:
        heard: dict[type[Record], list[tuple[Message, Record]]] = {}
        for message in messages:
            if message.value is None:
                continue  # the tombstone of a compacted topic: ClickHouse keeps what was
            try:
                record = self._decoders[message.topic].decode(message.value)
            except UnknownRecord as refusal:
                dead.append(DeadLetter(message, str(refusal), self.name))
            else:
                heard.setdefault(type(record), []).append((message, record))
        return heard

    def _alone(self, message: Message, record: Record, dead: list[DeadLetter]) -> Iterable[Columns]:
        try:
            return columns_of(type(record), [record])
        except Poison as refusal:
            dead.append(DeadLetter(message, str(refusal), self.name))
            return ()

    async def _put_aside(self, dead: list[DeadLetter]) -> None:
        at = self._clock()
        await self._publisher.send([dead_letter(each, at=at) for each in dead])
        for each in dead:
            metrics.DEAD_LETTERS.labels(self.name, each.message.topic).inc()
