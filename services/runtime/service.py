"""What a stateful service is: its inputs, its state and its pure decisions. The shell (`StreamWorker`) does the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from schemas.base import Record
from schemas.topics import Topic

S = TypeVar("S", bound=msgspec.Struct)

References = Mapping[str, Mapping[str, Record]]
"""The newest record of each key, by the topic's name: a live view, not to be changed."""


@dataclass(frozen=True, kw_only=True)
class Service(Generic[S]):
    """A service, told by its pure parts.

    `inputs` are all keyed alike. `initial(key)` is the state of a key never seen; a state equal to it is not kept. `step` may
    raise `schemas.base.Poison`; it must be idempotent by content, since records come at least once. `due(state)` is when
    the key next wants a `schemas.base.Due` record, None for never; a Due that comes when nothing is due must be harmless.

    `references` are compacted topics that every worker holds whole, however they are keyed: read before the first step,
    followed from then on. A `step` of a service that has some also takes them, as the keyword `references`.

    `saves_each_batch`: for a service whose outputs make stations act, and whose inputs meet from several topics. A crash makes
    the records since the last save again, perhaps in another order between topics; what was said must be remembered by then.

    `acts`: outputs that must not be said twice, for a station acts on each. They leave once the state that knows of them is
    saved: a crash in between loses them, and the service has to notice (by a `due`) that nothing has come of them.

    `saves_before_due`: for a service that decides in one step and says so at its `Due`: the state that asked for a time is saved
    before that is told, so that what is said was decided for good.
    A batch that said nothing is saved with the next one that does, or with the next commit.
    """

    name: str
    inputs: tuple[Topic, ...]
    state: type[S]
    initial: Callable[[str], S]
    step: Callable[..., tuple[S, list[Record]]]
    due: Callable[[S], datetime | None]
    references: tuple[Topic, ...] = ()
    saves_each_batch: bool = False
    acts: tuple[type[Record], ...] = ()
    saves_before_due: bool = False
