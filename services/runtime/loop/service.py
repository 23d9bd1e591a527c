"""What a stateful service is: its inputs, its state and its pure decisions. `StreamWorker` runs it on Kafka. PURE."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from schemas.base import Record
from schemas.topic import Topic

S = TypeVar("S", bound=msgspec.Struct)

References = Mapping[str, Mapping[str, Record]]
"""The newest record of each key, by the topic's name: a live view, not to be changed."""


def _as_it_is(state: S) -> S:
    return state


def _none() -> int:
    return 0


def every_record(_topic: str, _key: str) -> bool:
    """A service that wants all of its topics."""
    return True


@dataclass(frozen=True, kw_only=True)
class Service(Generic[S]):
    """A stateful service, described by its topics and its pure functions.

    All `inputs` have the same key. `initial(key)` is the state of a new key; a state equal to it is not stored. `step` may
    raise `schemas.base.Poison`; it must be idempotent by content, since records come at least once. `due(state)` is when
    the key next wants a `schemas.base.Due` record, None for never; a Due record while nothing is due must change nothing.

    `references` are compacted topics that every worker holds in full, whatever their key: they are read before the first step and
    followed from then on. The `step` of a service with references gets them as the keyword argument `references`.

    `saves_each_batch`: save and commit after each batch that had outputs, instead of twice a second. For services whose outputs make
    stations act: after a crash the records since the last save are stepped again, perhaps in another order between topics, so the
    state must know by then what was sent.

    `acts`: types of outputs that must not be sent twice, because a station acts on each. They are sent after the state that contains
    them was saved. A crash in between loses them, so the service has to notice (by a `due`) that no answer came.

    `saves_before_due`: save a state before sending the `Due` it asks for. For services that decide in one step and publish at the
    `Due` (billing), so that a crash cannot change a decision.

    `inputs_first`: inputs that are read to their end before records of the others are applied. For reference data: a request is
    decided by what was provisioned before it, also after a start or a rebalance.

    `comparable(state)` is the state without the members that depend on the order in which different topics were read, which Kafka
    does not record. A replay leaves a state alone that differs from the rebuilt one only in those.

    `elsewhere` names other workers in which this service may have run before. While one of them still has its states and this worker
    has read nothing, the service refuses to start (`python -m services move` moves the states).

    `due_by` are references that decide about `due` too: it then takes the keyword `references` as well, and every key that has a state is
    asked anew, some seconds after the records of these topics changed (`changes` counts that). So a change of reference data steps those
    keys that it concerns, and no other.

    `wants(topic, key)` tells whether the service makes anything of a record on that topic with that key: others are not even decoded. It
    gets `references` too where the service has some. In a worker that several services share, all are decoded.

    `parts` are the services of a worker that several share (`services.runtime.loop.hosting`), each stepping its own part of the state.

    A batch without outputs is saved with the next batch that has some, or with the next commit.
    """

    name: str
    inputs: tuple[Topic, ...]
    state: type[S]
    initial: Callable[[str], S]
    step: Callable[..., tuple[S, list[Record]]]
    due: Callable[..., datetime | None]
    references: tuple[Topic, ...] = ()
    due_by: tuple[Topic, ...] = ()
    changes: Callable[[], int] = _none
    saves_each_batch: bool = False
    acts: tuple[type[Record], ...] = ()
    saves_before_due: bool = False
    inputs_first: tuple[Topic, ...] = ()
    comparable: Callable[[S], S] = _as_it_is
    elsewhere: tuple[str, ...] = ()
    wants: Callable[..., bool] = every_record
    parts: tuple["Service[S]", ...] = ()
