"""Snapshots: a thing that is followed is published whole, as its next revision, each time it has become another one. PURE.

What was last published of each thing is a struct (`Said`) with the thing's id, a `revision`, what can change of the thing, and mostly
the time `at` of the record that made it so.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from schemas.base import Record, derived_id

One = TypeVar("One")
S = TypeVar("S", bound=msgspec.Struct)
R = TypeVar("R", bound=Record)

OF_THE_PUBLICATION = frozenset({"revision", "at"})
"""Members of a Said that say nothing of the thing."""


def says_the_same(last: S, fresh: S) -> bool:
    """Whether two Saids of a thing say the same of it."""
    said = (name for name in last.__struct_fields__ if name not in OF_THE_PUBLICATION)
    return all(getattr(last, name) == getattr(fresh, name) for name in said)


def published(
    before: Iterable[S],
    now: Iterable[tuple[One, S]],
    *,
    by: str,
    record: Callable[[One, S], Record],
    same: Callable[[S, S], bool] = says_the_same,
) -> tuple[tuple[S, ...], list[Record]]:
    """What is said of each thing from now on, and the records that say it where that is not what was said last.

    `now`: each thing with what is to be said of it, of any revision. `by`: the member with the thing's id. `record`: the thing whole.
    """
    last = {getattr(one, by): one for one in before}
    said, outputs = list[S](), list[Record]()
    for thing, fresh in now:
        known = last.get(getattr(fresh, by))
        if known is not None and same(known, fresh):
            said.append(known)
            continue
        said.append(replace(fresh, revision=getattr(known, "revision", 0) + 1))
        outputs.append(record(thing, said[-1]))
    return tuple(said), outputs


def revised(last: R | None, now: R, at: datetime, *cause: str) -> R | None:
    """The next revision of a snapshot that is itself what was said last; None where it says the same again.

    `now`: the snapshot, of any id, revision and time of change. Its id follows from `cause` and the revision.
    """
    known = {name: getattr(last, name, None) for name in ("id", "revision", "changed_at")}
    if last is not None and replace(now, **known) == last:
        return None
    revision = getattr(last, "revision", 0) + 1
    return replace(now, id=derived_id(*cause, revision), revision=revision, changed_at=at)
