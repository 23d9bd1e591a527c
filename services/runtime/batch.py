"""Batch: applies fetched records to states, in order; says what to send, what to save and what is poison. PURE."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, Protocol

import msgspec

from schemas.base import Poison, Record
from schemas.codec import UnknownRecord, encode
from schemas.routing import Routed, route
from services.runtime.service import S, Service

Key = tuple[int, str]
LARGEST_RECORD_BYTES = 900_000
"""Kafka refuses a message over 1 MiB; some room for its headers."""


class Message(Protocol):
    """What a batch reads of a Kafka record."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its bytes; None for a tombstone."""


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A record on its way: where to, its bytes, and its name for the metrics."""

    routed: Routed
    value: bytes
    record: str


@dataclass(frozen=True)
class DeadLetter:
    """A record put aside, and why."""

    message: Message
    reason: str


@dataclass
class Applied(Generic[S]):
    """What one batch comes to: `outputs` leave before its states are saved, `acts` after."""

    outputs: list[Sent] = field(default_factory=list)
    acts: list[Sent] = field(default_factory=list)
    states: dict[Key, S] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    dead_in_a_row: int = 0

    def count(self, record: str, result: str) -> None:
        """One more record of this name that ended so."""
        self.counts[record, result] = self.counts.get((record, result), 0) + 1


@dataclass(frozen=True, kw_only=True)
class Stepper(Generic[S]):
    """A service with what its records need: decoder, current states, and which topics can be sent to."""

    service: Service[S]
    decode: Callable[[bytes], Record]
    load: Callable[[int, str], S]
    missing_topic: Callable[[str], bool]

    def apply(self, messages: Iterable[Message], *, dead_in_a_row: int = 0) -> Applied[S]:
        """Step every message in order. Whatever a core raises beside Poison is a bug and is raised."""
        applied: Applied[S] = Applied(dead_in_a_row=dead_in_a_row)
        for message in messages:
            try:
                self._apply_one(message, applied)
            except (Poison, UnknownRecord) as refusal:
                applied.dead.append(DeadLetter(message, str(refusal)))
                applied.dead_in_a_row += 1
                applied.count("unreadable" if isinstance(refusal, UnknownRecord) else "poison", "dead-lettered")
            except Exception as bug:
                bug.add_note(
                    f"{self.service.name}: at {message.topic}, partition {message.partition}, offset {message.offset}"
                )
                raise
            else:
                applied.dead_in_a_row = 0
        return applied

    def _apply_one(self, message: Message, applied: Applied[S]) -> None:
        if message.value is None:
            return  # a tombstone of a compacted topic: nothing is said
        key = _key_of(message)
        record = self.decode(message.value)
        place = (message.partition, key)
        before = applied.states[place] if place in applied.states else self.load(*place)
        after, outputs = self.service.step(before, record)
        sent = [(_sent(output), isinstance(output, self.service.acts)) for output in outputs]
        applied.states[place] = after
        for each, acts in sent:
            if self.missing_topic(each.routed.topic):
                # An answer to a gateway that is no more, say: the fact that asked for it counts all the same.
                reason = f"applied, but its output {each.record} belongs on {each.routed.topic}, which does not exist"
                applied.dead.append(DeadLetter(message, reason))
            else:
                (applied.acts if acts else applied.outputs).append(each)
        applied.count(_tag(type(record)), "applied")


def _sent(output: Record) -> Sent:
    value = encode(output)
    if len(value) > LARGEST_RECORD_BYTES:
        raise Poison(f"its output {_tag(type(output))} has {len(value)} bytes, more than Kafka takes")
    return Sent(_route(output), value, _tag(type(output)))


def _route(output: Record) -> Routed:
    try:
        return route(output)
    except UnknownRecord as error:  # not poison: the core sends what the catalogue does not know
        raise LookupError(str(error)) from error


def _key_of(message: Message) -> str:
    if message.key is None:  # an empty key is one: some drivers have an empty token
        raise UnknownRecord("the record has no key")
    try:
        return message.key.decode()
    except UnicodeDecodeError as error:
        raise UnknownRecord(f"the key is not UTF-8: {error}") from error


@cache
def _tag(kind: type[Record]) -> str:
    return str(kind.__struct_config__.tag)


def state_codec(state: type[S]) -> tuple[Callable[[S], bytes], Callable[[bytes], S]]:
    """How a service's state is written to and read from its changelog."""
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(state)

    def decode(value: bytes) -> Any:
        return decoder.decode(value)

    return encoder.encode, decode
