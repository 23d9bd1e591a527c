"""States: the state of each key of this worker: unsaved (decoded), saved (bytes), and a cache of decoded ones. PURE.

A state is saved after the outputs of its step were sent, and before the offsets of its records are committed. Until then it is only
in memory: a busy key is written to the changelog once for many changes, and after a crash its records are stepped again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol

import msgspec

from schemas.topics import state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.batch import state_codec
from services.runtime.loop.decoded import DecodedStates, PartitionKey
from services.runtime.loop.service import S, Service


class Bytes(Protocol):
    """The saved states, as bytes."""

    def get_state(self, partition: int, key: str) -> bytes | None:
        """The state of a key, None where it has none."""

    def set_state(self, partition: int, key: str, value: bytes | None) -> None:
        """Store a state that is now on the changelog; None removes it."""

    def items(self) -> Iterator[tuple[int, str, bytes]]:
        """Every partition, key and state."""


class Sender(Protocol):
    """Sends changelog entries to Kafka, and returns when they are acknowledged."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send them in order. Raises Outage."""


class States(Generic[S]):
    """Holds the unsaved states (`full` at `limit`), and caches up to `limit` decoded ones."""

    def __init__(self, service: Service[S], store: Bytes, *, limit: int) -> None:
        self._service = service
        self._store = store
        self._limit = limit
        self._encode, self._decode = state_codec(service.state)
        self._decoded: DecodedStates[S] = DecodedStates(limit)
        self._unsaved: dict[PartitionKey, S] = {}
        self._saving: Mapping[PartitionKey, S] = {}

    @property
    def full(self) -> bool:
        """Whether the limit of unsaved states is reached."""
        return len(self._unsaved) >= self._limit

    @property
    def decoded(self) -> int:
        """Number of cached decoded states."""
        return len(self._decoded)

    def load(self, partition: int, key: str) -> S:
        """The newest state of a key, the initial one where it has none."""
        partition_key = (partition, key)
        for newer in (self._unsaved, self._saving):
            if partition_key in newer:
                return newer[partition_key]
        value = self._store.get_state(partition, key)
        if value is None:
            return self._service.initial(key)
        state = self._decoded.get(partition_key, value)
        if state is None:
            state = self._read(key, value)
            self._decoded.keep(partition_key, value, state)
        return state

    def put(self, states: Mapping[PartitionKey, S]) -> None:
        """Take the states after a batch whose outputs are acknowledged."""
        self._unsaved |= states

    async def save(self, sender: Sender) -> None:
        """Save all unsaved states to the changelog, then to the store; a state equal to the initial one is removed.

        Must not run twice at once. Raises Outage: then these states are lost, and their records have to be read again.
        """
        self._saving, self._unsaved = self._unsaved, {}
        values = dict(self._values())
        topic = state_topic(self._service.name)
        await sender.send(
            [Outgoing(topic, key.encode(), value, partition) for (partition, key), value in values.items()]
        )
        for partition_key, value in values.items():
            self._store.set_state(*partition_key, value)
            self._decoded.keep(partition_key, value, self._saving[partition_key])
        self._saving = {}

    def forget(self) -> None:
        """Drop the unsaved states: their keys have another owner, or their records are read again."""
        self._unsaved, self._saving = {}, {}

    def saved(self) -> Iterator[tuple[PartitionKey, S]]:
        """Every saved key with its state."""
        for partition, key, value in list(self._store.items()):
            yield (partition, key), self._read(key, value)

    def all(self) -> Iterator[tuple[PartitionKey, S]]:
        """Every key with its newest state, saved or not."""
        places = dict.fromkeys((partition, key) for partition, key, _ in self._store.items())
        for place in (*places, *(place for place in (*self._unsaved, *self._saving) if place not in places)):
            yield place, self.load(*place)

    def _values(self) -> Iterator[tuple[PartitionKey, bytes | None]]:
        """The bytes that have to be written: of each changed state, None for a removed one."""
        for partition_key, state in self._saving.items():
            before = self._store.get_state(*partition_key)
            if before is not None and self._decoded.get(partition_key, before) is state:
                continue  # unchanged
            value = None if state == self._service.initial(partition_key[1]) else self._encode(state)
            if value != before:
                yield partition_key, value

    def _read(self, key: str, value: bytes) -> Any:
        try:
            return self._decode(value)
        except msgspec.DecodeError as error:
            topic = state_topic(self._service.name)
            raise RuntimeError(f"the state of {key!r} on {topic} cannot be read: {error}") from error
