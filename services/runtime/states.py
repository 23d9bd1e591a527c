"""States: those of one worker's keys, as bytes where the changelog has them, decoded where they are newer or in use.

A state is saved after the outputs that came with it, and before the offsets of the records that made it. Until then it is only
here: a busy key changes many times for one write to its changelog, and what a crash loses is made again from its records.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol

import msgspec

from schemas.topics import state_topic
from services.runtime.batch import state_codec
from services.runtime.decoded import DecodedStates, Place
from services.runtime.producer import Outgoing
from services.runtime.service import S, Service


class Bytes(Protocol):
    """The states that the changelog has."""

    def get_state(self, partition: int, key: str) -> bytes | None:
        """The state of a key, None where it has none."""

    def set_state(self, partition: int, key: str, value: bytes | None) -> None:
        """Keep a state that the changelog has by now."""

    def items(self) -> Iterator[tuple[int, str, bytes]]:
        """Every partition, key and state."""


class Sender(Protocol):
    """What puts the changelog's entries on Kafka, and returns when it has them."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send them in order. Raises Outage."""


class States(Generic[S]):
    """Holds up to `limit` states that are not saved yet (`full` says so), and as many decoded ones."""

    def __init__(self, service: Service[S], store: Bytes, *, limit: int) -> None:
        self._service = service
        self._store = store
        self._limit = limit
        self._encode, self._decode = state_codec(service.state)
        self._decoded: DecodedStates[S] = DecodedStates(limit)
        self._unsaved: dict[Place, S] = {}
        self._saving: Mapping[Place, S] = {}

    @property
    def full(self) -> bool:
        """No more states before some are saved."""
        return len(self._unsaved) >= self._limit

    @property
    def decoded(self) -> int:
        """States held decoded beside their bytes."""
        return len(self._decoded)

    def load(self, partition: int, key: str) -> S:
        """The newest state of a key, the initial one where it has none."""
        place = (partition, key)
        for newer in (self._unsaved, self._saving):
            if place in newer:
                return newer[place]
        value = self._store.get_state(partition, key)
        if value is None:
            return self._service.initial(key)
        state = self._decoded.get(place, value)
        if state is None:
            state = self._read(key, value)
            self._decoded.keep(place, value, state)
        return state

    def put(self, states: Mapping[Place, S]) -> None:
        """The states after a batch whose outputs Kafka has."""
        self._unsaved |= states

    async def save(self, sender: Sender) -> None:
        """Everything that is not saved to the changelog, then to the store; a state equal to the initial one is forgotten.

        Not twice at once. Raises Outage: then these states are lost, and their records have to be read again.
        """
        self._saving, self._unsaved = self._unsaved, {}
        values = dict(self._values())
        topic = state_topic(self._service.name)
        await sender.send(
            [Outgoing(topic, key.encode(), value, partition) for (partition, key), value in values.items()]
        )
        for place, value in values.items():
            self._store.set_state(*place, value)
            self._decoded.keep(place, value, self._saving[place])
        self._saving = {}

    def forget(self) -> None:
        """Drop what is not saved: its keys have another owner, or their records are read again."""
        self._unsaved, self._saving = {}, {}

    def saved(self) -> Iterator[tuple[Place, S]]:
        """Every key that the changelog has, with its state."""
        for partition, key, value in list(self._store.items()):
            yield (partition, key), self._read(key, value)

    def _values(self) -> Iterator[tuple[Place, bytes | None]]:
        """What the changelog does not have yet."""
        for place, state in self._saving.items():
            before = self._store.get_state(*place)
            if before is not None and self._decoded.get(place, before) is state:
                continue  # nothing has happened to it
            value = None if state == self._service.initial(place[1]) else self._encode(state)
            if value != before:
                yield place, value

    def _read(self, key: str, value: bytes) -> Any:
        try:
            return self._decode(value)
        except msgspec.DecodeError as error:
            topic = state_topic(self._service.name)
            raise RuntimeError(f"the state of {key!r} on {topic} cannot be read: {error}") from error
