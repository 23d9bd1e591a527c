"""Hosting: several services in one worker. Each has its own state and its own decisions; they share everything else. PURE.

The worker has one consumer group, one changelog (`HostState`: of each key, the state of each service) and one clock. A record is
decoded once and stepped by each service that reads its topic; a `Due` is stepped by the services that asked for exactly that
time. A record that one service cannot apply is dead-lettered for that service alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, NamedTuple

import msgspec

from schemas.base import Due, Record
from schemas.hosting import HostState
from schemas.topic import Topic
from services.runtime.loop.service import S, Service


def build_host(name: str, cores: Sequence[Service[Any]]) -> Service[HostState]:
    """Build the one service of a worker that runs these cores. Raises ValueError where their topics have different keys."""
    inputs = _union(core.inputs for core in cores)
    if len(keys := {topic.key for topic in inputs}) > 1:
        raise ValueError(
            f"services that share the worker {name} must read topics of one key, and these have {sorted(keys)}"
        )
    parts = tuple(part_of_host(core) for core in cores)
    return Service(
        name=name,
        inputs=inputs,
        inputs_first=_union(core.inputs_first for core in cores),
        references=_union(core.references for core in cores),
        state=HostState,
        initial=_initial,
        step=_steps_by_part,
        due_by=_union(core.due_by for core in cores),
        due=earliest_due(parts),
        saves_each_batch=any(core.saves_each_batch for core in cores),
        saves_before_due=any(core.saves_before_due for core in cores),
        parts=parts,
    )


def part_of_host(core: Service[S]) -> Service[HostState]:
    """The service as a part of a host: it reads and writes only its own part of a key's `HostState`."""
    part = _Part(core)
    return replace(core, state=HostState, initial=_initial, step=part.step, due=part.due, comparable=part.comparable)  # type: ignore[return-value,arg-type]


def earliest_due(parts: Sequence[Service[HostState]]) -> Callable[[HostState], datetime | None]:
    """When the first of these parts is next due."""
    return lambda state: min((at for part in parts if (at := part.due(state)) is not None), default=None)


def _initial(key: str) -> HostState:
    return HostState(key=key)


def _steps_by_part(_state: HostState, _record: Record) -> tuple[HostState, list[Record]]:
    raise AssertionError("a host is stepped part by part")


def _union(of_each: Iterable[tuple[Topic, ...]]) -> tuple[Topic, ...]:
    return tuple(dict.fromkeys(topic for topics in of_each for topic in topics))


REMEMBERED_KEYS = 5_000
"""Of each service, so many keys whose part is decoded; where there are more, the one that was decoded first goes."""


class _Known(NamedTuple, Generic[S]):
    """A service's part of a key, the bytes it was decoded from, and when it is due (None too where reference data decide that)."""

    stored: msgspec.Raw | None
    state: S
    due: datetime | None


class _Part(Generic[S]):
    """One service's part of the states of a host.

    What is known of a key holds for the very bytes that it was decoded from: a step of one service leaves the bytes of the others
    as they are, so that their parts are neither decoded nor judged again.
    """

    def __init__(self, core: Service[S]) -> None:
        self._core = core
        self._read = msgspec.json.Decoder(core.state).decode
        self._write = msgspec.json.Encoder().encode
        self._known: dict[str, _Known[S]] = {}

    def step(self, whole: HostState, record: Record, **references: Any) -> tuple[HostState, list[Record]]:
        before = self._state(whole)
        if isinstance(record, Due) and record.at != self._due(whole, references):
            return whole, []  # of another service, or a time that this service no longer wants
        after, outputs = self._core.step(before, record, **references)
        return (whole if after is before else self._with_state(whole, after)), outputs

    def due(self, whole: HostState, **references: Any) -> datetime | None:
        return self._due(whole, references)

    def _due(self, whole: HostState, references: Mapping[str, Any]) -> datetime | None:
        if self._core.due_by:
            return self._core.due(self._state(whole), **references)
        return self._part(whole).due

    def comparable(self, whole: HostState) -> HostState:
        return self._with_state(whole, self._core.comparable(self._state(whole)))

    def _state(self, whole: HostState) -> S:
        return self._part(whole).state

    def _part(self, whole: HostState) -> _Known[S]:
        stored, known = whole.parts.get(self._core.name), self._known.get(whole.key)
        if known is not None and known.stored is stored:
            return known
        return self._know(
            whole.key, stored, self._core.initial(whole.key) if stored is None else self._decode(whole.key, stored)
        )

    def _decode(self, key: str, stored: msgspec.Raw) -> S:
        try:
            return self._read(stored)
        except msgspec.DecodeError as error:
            raise RuntimeError(f"the state of {key!r} of {self._core.name} cannot be read: {error}") from error

    def _know(self, key: str, stored: msgspec.Raw | None, state: S) -> _Known[S]:
        known = _Known(stored, state, None if self._core.due_by else self._core.due(state))
        self._known.pop(key, None)
        self._known[key] = known
        if len(self._known) > REMEMBERED_KEYS:
            del self._known[next(iter(self._known))]
        return known

    def _with_state(self, whole: HostState, state: S) -> HostState:
        parts = {name: stored for name, stored in whole.parts.items() if name != self._core.name}
        stored = None
        if state != self._core.initial(whole.key):
            stored = parts[self._core.name] = msgspec.Raw(self._write(state))
        self._know(whole.key, stored, state)
        return HostState(key=whole.key, parts=parts)
