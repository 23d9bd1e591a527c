"""Overlay: the newest record of each thing until ClickHouse has it, so that reads see it at once.

Every process reads all of it from Kafka. A thing is kept until the sink of ClickHouse has committed every record of it, and
`keep_s` seconds longer, for a replica of ClickHouse may be behind another. The number of things is limited.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec
from aiokafka import TopicPartition

from services.api.web.metrics import OVERLAY_EVICTED, OVERLAY_HELD
from services.runtime.bus.readpositions import Mark

V = TypeVar("V")

NOWHERE: Mapping[TopicPartition, int] = {}


class Entry(msgspec.Struct, Generic[V], frozen=True, gc=False):
    """One thing. `marks`: the offset of its newest record in each partition."""

    value: V
    marks: dict[TopicPartition, int]
    heard_at_s: float


class Overlay(Generic[V]):
    """Things by id, the least recently changed first, `limit` of them at most. Times are seconds of the caller's clock."""

    def __init__(self, noun: str, *, limit: int, keep_s: float) -> None:
        self._noun = noun
        self._limit = limit
        self._keep_s = keep_s
        self._entries: OrderedDict[str, Entry[V]] = OrderedDict()
        self._stored: Mapping[TopicPartition, int] = NOWHERE

    def put(self, id_: str, value: V, mark: Mark, *, at_s: float) -> None:
        """Keep `value` as the newest of its id; `mark` is the position of its record."""
        before = self._entries.pop(id_, None)
        marks = {mark.partition: mark.offset}
        if before is not None:
            marks = before.marks | {mark.partition: max(mark.offset, before.marks.get(mark.partition, -1))}
        self._entries[id_] = Entry(value, marks, at_s)
        if len(self._entries) > self._limit:
            _, evicted = self._entries.popitem(last=False)
            OVERLAY_EVICTED.labels(self._noun, "stored" if self._is_stored(evicted) else "not-stored").inc()
        OVERLAY_HELD.labels(self._noun).set(len(self._entries))

    def stored(self, upto: Mapping[TopicPartition, int], *, at_s: float) -> None:
        """ClickHouse has everything before these offsets: forget what it has had for long enough."""
        self._stored = upto
        old = []
        for id_, entry in self._entries.items():
            if entry.heard_at_s > at_s - self._keep_s:
                break  # what follows was heard later still
            if self._is_stored(entry):
                old.append(id_)
        for id_ in old:
            del self._entries[id_]
        OVERLAY_HELD.labels(self._noun).set(len(self._entries))

    def get(self, id_: str) -> V | None:
        """The newest of an id; None where ClickHouse knows as much."""
        entry = self._entries.get(id_)
        return None if entry is None else entry.value

    def snapshot(self) -> dict[str, V]:
        """Everything that is held now. Taken before ClickHouse is asked: what is forgotten since, it has."""
        return {id_: entry.value for id_, entry in self._entries.items()}

    def __len__(self) -> int:
        return len(self._entries)

    def _is_stored(self, entry: Entry[V]) -> bool:
        """Whether ClickHouse has every record of it."""
        return all(offset < self._stored.get(partition, 0) for partition, offset in entry.marks.items())
