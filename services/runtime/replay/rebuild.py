"""Rebuild: the states of one partition while they are rebuilt from its records, and how they differ from the stored ones. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from schemas.base import Due
from schemas.codec import Decoder, encode
from schemas.flows import readers
from schemas.hosting import part_of, with_part
from schemas.topics import CATALOGUE, DUE, due_topic
from services.runtime.loop.batch import Message, Output, Stepper, state_codec
from services.runtime.loop.service import S, Service

HISTORY_READERS = frozenset({"metering", "api"})
"""Readers that recognise a repeated record by its id and its time, and trigger nothing."""

HISTORY_TOPICS = frozenset(topic.name for topic in CATALOGUE if set(readers(topic)) <= HISTORY_READERS)
"""Topics that only these read: a record may be published there again without any effect but a correction."""


@dataclass
class Tally:
    """Counts of a rebuild."""

    records: int = 0
    put_aside: int = 0
    keys: int = 0
    changed: int = 0
    forgotten: int = 0
    published: int = 0


@dataclass
class DueMessage:
    """A Due record as the service's clock would have sent it."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    offset: int = -1


@dataclass
class Partition(Generic[S]):
    """The keys of one partition while they are rebuilt: their states, and their outputs for the topics of the history."""

    service: Service[S]
    number: int
    tally: Tally
    keep_outputs: bool = False
    states: dict[str, S] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the stepper; no topic counts as missing, because nothing is sent."""
        self._stepper = Stepper(
            service=self.service,
            decode=Decoder(*self.service.inputs, DUE).decode,
            load=lambda _number, key: self.states.get(key) or self.service.initial(key),
            missing_topic=lambda _topic: False,
        )

    def take(self, message: Message, at: datetime) -> None:
        """Step a record that was received at `at`, after the Due records of its key before that time."""
        self.tally.records += 1
        key = (message.key or b"").decode(errors="replace")
        due = self._due(key)
        while due is not None and due <= at:
            due_record = Due(key=key, at=due, sent_at=due)
            self._step(DueMessage(due_topic(self.service.name), self.number, key.encode(), encode(due_record)))
            before, due = due, self._due(key)
            if due == before:
                break
        self._step(message)

    def values(self) -> dict[str, bytes]:
        """The states as bytes, without those equal to the initial state."""
        write, _ = state_codec(self.service.state)
        return {key: write(state) for key, state in self.states.items() if state != self.service.initial(key)}

    def _due(self, key: str) -> datetime | None:
        state = self.states.get(key)
        return self.service.due(state) if state is not None else None

    def _step(self, message: Message) -> None:
        applied = self._stepper.apply([message])
        self.tally.put_aside += len(applied.dead)
        self.states |= {key: state for (_, key), state in applied.states.items()}
        if self.keep_outputs:
            self.outputs += [sent for sent in applied.outputs if sent.routed.topic in HISTORY_TOPICS]

    def changes(self, stored: Mapping[str, bytes], *, shared: bool, keep_unknown: bool) -> dict[str, bytes | None]:
        """The changelog entries to write so that it has the rebuilt states; None removes a key.

        `shared`: the stored states belong to a worker that several services share; only the part of this service is replaced.
        `keep_unknown`: a key without any facts keeps its stored state.
        """
        wanted, changed = self.values(), dict[str, bytes | None]()
        for key in sorted({*stored, *wanted} if not keep_unknown else {*self.states}):
            before, after = stored.get(key), wanted.get(key)
            if shared:
                name = self.service.name
                after = with_part(before, name, part_of(after, name), key=key)
            if not self._are_equal(before, after):
                changed[key] = after
        return changed

    def _are_equal(self, stored: bytes | None, rebuilt: bytes | None) -> bool:
        """Whether two states are equal, apart from members that depend on the order in which different topics were read."""
        if stored is None or rebuilt is None or stored == rebuilt:
            return stored == rebuilt
        _, read = state_codec(self.service.state)
        return bool(self.service.comparable(read(stored)) == self.service.comparable(read(rebuilt)))
