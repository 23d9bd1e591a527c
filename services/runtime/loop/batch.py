"""Batch: applies fetched records to states, in order; returns what to send, what to save and what is poison. PURE."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, Protocol

import msgspec

from schemas.base import Poison, Record
from schemas.codec import UnknownRecord, encode
from schemas.routing import Destination, route
from services.runtime.loop.service import S, Service

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
        """Its position in the partition."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its bytes; None for a tombstone."""


class Output(msgspec.Struct, frozen=True, gc=False):
    """An encoded output, not sent yet: its topic and key, its bytes, and for the metrics which service made which record."""

    routed: Destination
    value: bytes
    record: str
    service: str


@dataclass(frozen=True)
class DeadLetter:
    """A record that a service could not apply, and the reason."""

    message: Message
    reason: str
    service: str


@dataclass
class Applied(Generic[S]):
    """The result of one batch: `outputs` are sent before its states are saved, `acts` after."""

    outputs: list[Output] = field(default_factory=list)
    acts: list[Output] = field(default_factory=list)
    states: dict[Key, S] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Number of records by service, record type and result."""
    dead_in_a_row: dict[str, int] = field(default_factory=dict)
    """Dead letters of each service since it last applied a record."""

    def count(self, service: str, record: str, result: str) -> None:
        """Count one record of this type with this result."""
        self.counts[service, record, result] = self.counts.get((service, record, result), 0) + 1

    def refuse(self, message: Message, service: str, refusal: Poison | UnknownRecord) -> None:
        """Add the record to the dead letters of the service."""
        self.dead.append(DeadLetter(message, str(refusal), service))
        self.dead_in_a_row[service] = self.dead_in_a_row.get(service, 0) + 1
        self.count(service, "unreadable" if isinstance(refusal, UnknownRecord) else "poison", "dead-lettered")


@dataclass(frozen=True, kw_only=True)
class Stepper(Generic[S]):
    """A service with what stepping its records takes: the decoder, the current states, and which topics are missing."""

    service: Service[S]
    decode: Callable[[bytes], Record]
    load: Callable[[int, str], S]
    missing_topic: Callable[[str], bool]
    _taking_of: dict[str, tuple[Service[S], ...]] = field(default_factory=dict, init=False, repr=False)

    def apply(self, messages: Iterable[Message], *, dead_in_a_row: Mapping[str, int] | None = None) -> Applied[S]:
        """Step every message in order. An exception of a core other than Poison is a bug and is raised."""
        applied: Applied[S] = Applied(dead_in_a_row=dict(dead_in_a_row or {}))
        for message in messages:
            if message.value is None:
                continue  # a tombstone of a compacted topic: there is nothing to step
            try:
                key = (message.partition, _key_of(message))
                if not self.service.wants(message.topic, key[1]):
                    continue
                record = self.decode(message.value)
            except UnknownRecord as refusal:
                applied.refuse(message, self.service.name, refusal)
                continue
            for part in self._taking(message.topic):
                self._apply_one(part, message, key, record, applied)
        return applied

    def _taking(self, topic: str) -> tuple[Service[S], ...]:
        """The services that read this topic. In a host: the parts with that input; all parts read the due topic."""
        if not self.service.parts:
            return (self.service,)
        if topic not in self._taking_of:
            taking = tuple(part for part in self.service.parts if any(each.name == topic for each in part.inputs))
            self._taking_of[topic] = taking or self.service.parts
        return self._taking_of[topic]

    def _apply_one(self, part: Service[S], message: Message, key: Key, record: Record, applied: Applied[S]) -> None:
        before = applied.states[key] if key in applied.states else self.load(*key)
        try:
            after, outputs = part.step(before, record)
            encoded = [(_encoded(output, part.name), isinstance(output, part.acts)) for output in outputs]
        except (Poison, UnknownRecord) as refusal:
            applied.refuse(message, part.name, refusal)
            return
        except Exception as bug:
            bug.add_note(f"{part.name}: at {message.topic}, partition {message.partition}, offset {message.offset}")
            raise
        applied.states[key] = after
        for each, acts in encoded:
            if self.missing_topic(each.routed.topic):
                # For example an answer to a gateway that was removed. The record itself is applied all the same.
                reason = f"applied, but its output {each.record} belongs on {each.routed.topic}, which does not exist"
                applied.dead.append(DeadLetter(message, reason, part.name))
            else:
                (applied.acts if acts else applied.outputs).append(each)
        for name in (part.name, self.service.name):
            applied.dead_in_a_row.pop(name, None)
        applied.count(part.name, _tag_of(type(record)), "applied")


def _encoded(output: Record, service: str) -> Output:
    value = encode(output)
    if len(value) > LARGEST_RECORD_BYTES:
        raise Poison(f"its output {_tag_of(type(output))} has {len(value)} bytes, more than Kafka takes")
    return Output(_route(output), value, _tag_of(type(output)), service)


def _route(output: Record) -> Destination:
    try:
        return route(output)
    except UnknownRecord as error:  # not poison but a bug: the core made a record that no topic takes
        raise LookupError(str(error)) from error


def _key_of(message: Message) -> str:
    if message.key is None:  # an empty key is valid: some drivers have an empty token
        raise UnknownRecord("the record has no key")
    try:
        return message.key.decode()
    except UnicodeDecodeError as error:
        raise UnknownRecord(f"the key is not UTF-8: {error}") from error


@cache
def _tag_of(kind: type[Record]) -> str:
    return str(kind.__struct_config__.tag)


def state_codec(state: type[S]) -> tuple[Callable[[S], bytes], Callable[[bytes], S]]:
    """The encoder and the decoder of a service's state on its changelog."""
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(state)

    def decode(value: bytes) -> Any:
        return decoder.decode(value)

    return encoder.encode, decode
