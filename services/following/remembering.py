"""Remembering: what records say is kept as they come, in whatever order, and each thing once. PURE.

A state has a tuple for each kind of thing. What is remembered twice, or in another order, must come to the same.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from schemas.commands import CommandSettled

S = TypeVar("S", bound=msgspec.Struct)

ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that does not matter."""


def remembered(state: S, kind: str, thing: msgspec.Struct, *, by: str = "") -> S:
    """The state with one thing more in its member `kind`; the very same state where that has it already.

    `by`: the member that tells things of this kind apart, of which the first stays; without it all their members do.
    """
    known = getattr(state, kind)
    if thing in known or (by and any(getattr(each, by) == getattr(thing, by) for each in known)):
        return state
    return replace(state, **{kind: (*known, thing)})


def later(known: datetime | None, at: datetime) -> datetime:
    """The later one of two times: records of several topics come in any order."""
    return at if known is None else max(known, at)


def is_since(known: datetime | None, at: datetime) -> bool:
    """Whether something is known of this time or a later one."""
    return known is not None and known >= at


def word_of(outcome: CommandSettled) -> str:
    """What the station, or whoever settled the command, said of it; an acceptance says nothing more by itself."""
    plain = "" if outcome.outcome == "accepted" else outcome.outcome.capitalize()
    return outcome.detail or outcome.error_code or plain


# -- without the order of reading -------------------------------------------------------------------------------------


def in_any_order(state: S, *kinds: str) -> S:
    """The state with the things of these kinds sorted, so that it does not tell in which order topics were read."""
    return replace(state, **{kind: tuple(sorted(getattr(state, kind), key=msgspec.json.encode)) for kind in kinds})


def undated(said: Iterable[S]) -> tuple[S, ...]:
    """What was published of each thing, without how often that was, and when."""
    return tuple(replace(one, revision=0, at=ANY_TIME) for one in said)
