"""Forgetting: what is remembered of a station is bounded in number and in time; of each kind the newest stays. PURE."""

from collections.abc import Collection, Container, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import msgspec
from msgspec.structs import replace

S = TypeVar("S", bound=msgspec.Struct)

Dated = tuple[msgspec.Struct, datetime]
"""A thing that is remembered, and a time: of its last sign of life, or until which it is remembered."""


class OfCommand(Protocol):
    """What came because of a command: its answer, say."""

    @property
    def command_id(self) -> str:
        """The id of the command."""

    @property
    def at(self) -> datetime:
        """When it came."""


def strays(things: Iterable[OfCommand], commands: Container[str]) -> list[Dated]:
    """Those of no command that is known: it may be read later, or was forgotten."""
    return [(thing, thing.at) for thing in things if thing.command_id not in commands]  # type: ignore[misc]


def until(things: Iterable[Dated], patience: timedelta) -> Iterator[Dated]:
    """The same things, with the time until which each is remembered."""
    return ((thing, at + patience) for thing, at in things)


def first(passing: Iterable[Dated]) -> datetime | None:
    """When the next of these is forgotten."""
    return min((at for _, at in passing), default=None)


def over(passing: Iterable[Dated], now: datetime) -> set[msgspec.Struct]:
    """Those whose time is over."""
    return {thing for thing, at in passing if at <= now}


def surplus(kinds: Iterable[Iterable[Dated]], most: int) -> set[msgspec.Struct]:
    """What is more than so many of each kind: the oldest."""
    return {thing for kind in kinds for thing, _ in sorted(kind, key=lambda dated: dated[1])[:-most]}


def without(state: S, gone: Collection[msgspec.Struct], *kinds: str) -> S:
    """The state without these things, in its members of these names."""
    return replace(state, **{kind: tuple(one for one in getattr(state, kind) if one not in gone) for kind in kinds})
