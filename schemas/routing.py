"""Routing: which topic a record goes to, and with which key."""

import msgspec

from schemas.authorization import AuthorizationDecided
from schemas.base import Record
from schemas.codec import UnknownRecord
from schemas.commands import CommandDispatched, ConnectionSuperseded
from schemas.facts import FactReported
from schemas.stations import BootDecided
from schemas.topics import CATALOGUE, DEAD, DUE, FACT_TOPICS, FACTS, GATEWAY, Topic, gateway_topic
from schemas.transactions import TransactionDecided

_TOPIC_OF: dict[type[Record], Topic] = {
    record: topic for topic in CATALOGUE if topic not in (*FACTS, DUE, DEAD) for record in topic.records
}


class Routed(msgspec.Struct, frozen=True):
    """Where a record goes. `partition` is None where the key decides."""

    topic: str
    key: bytes
    partition: int | None = None


def route(record: Record) -> Routed:
    """The topic and key of a record. `Due` and `DeadLettered` know only part of theirs: use `due_topic`, `dead_topic`.

    Raises UnknownRecord for a record that no topic of the catalogue carries.
    """
    if isinstance(record, FactReported):
        kept = FACT_TOPICS.get(record.noun)
        if kept is None:
            raise UnknownRecord(
                f"no topic keeps facts of the noun {record.noun!r}: add it to schemas.topics.FACT_NOUNS"
            )
        return Routed(kept.name, record.station.encode())
    topic = _TOPIC_OF.get(type(record))
    if topic is None:
        raise UnknownRecord(f"no topic carries {type(record).__name__}: add it to a row of schemas.topics")
    key: str = getattr(record, topic.key)
    if topic is GATEWAY:
        return Routed(gateway_topic(_gateway_of(record)), key.encode(), 0)
    return Routed(topic.name, key.encode())


def _gateway_of(record: Record) -> str:
    if isinstance(record, CommandDispatched | ConnectionSuperseded):
        return record.gateway
    assert isinstance(record, BootDecided | AuthorizationDecided | TransactionDecided)
    return record.reply_to.gateway
