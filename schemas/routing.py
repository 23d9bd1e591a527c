"""Routing: the topic and key of each record."""

import msgspec

from schemas.authorization import AuthorizationDecided
from schemas.base import CallDecided, Record
from schemas.codec import UnknownRecord
from schemas.commands import CommandDispatched, ConnectionSuperseded
from schemas.deadletters import DEAD
from schemas.facts import FACTS, FactReported
from schemas.stations import BootDecided
from schemas.topic import Topic
from schemas.topics import CATALOGUE, DUE, FACT_TOPICS, GATEWAY, gateway_topic
from schemas.transactions import TransactionDecided

_TOPIC_OF: dict[type[Record], Topic] = {
    record: topic for topic in CATALOGUE if topic not in (*FACTS, DUE, DEAD) for record in topic.records
}


class Destination(msgspec.Struct, frozen=True):
    """The destination of a record. `partition` is None where the hash of the key decides."""

    topic: str
    key: bytes
    partition: int | None = None


def route(record: Record) -> Destination:
    """The topic and key of a record. Not for `Due` and `DeadLettered`: use `due_topic`, `dead_topic`.

    Raises UnknownRecord for a record that no topic of the catalogue carries.
    """
    if isinstance(record, FactReported):
        kept = FACT_TOPICS.get(record.noun)
        if kept is None:
            raise UnknownRecord(f"no topic keeps facts of the noun {record.noun!r}: add it to schemas.facts.FACT_NOUNS")
        return Destination(kept.name, record.station.encode())
    topic = _TOPIC_OF.get(type(record))
    if topic is None:
        raise UnknownRecord(f"no topic carries {type(record).__name__}: add it to a topic in the TOPICS of its noun")
    key: str = getattr(record, topic.key)
    if topic is GATEWAY:
        return Destination(gateway_topic(_gateway_of(record)), key.encode(), 0)
    # Only a topic of one partition has an order over all its keys; the embedded bus makes more of them than are asked for.
    return Destination(topic.name, key.encode(), 0 if topic.partitions == 1 else None)


def _gateway_of(record: Record) -> str:
    if isinstance(record, CommandDispatched | ConnectionSuperseded):
        return record.gateway
    assert isinstance(record, BootDecided | AuthorizationDecided | TransactionDecided | CallDecided)
    return record.reply_to.gateway
