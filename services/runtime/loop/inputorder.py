"""Input order: some inputs (`Service.inputs_first`) are read to their end before records of the others are applied.

What an operator had set before a station sent its request must decide that request, though the two come on different topics. So
when records of other inputs arrive, the end offsets of the first inputs are looked up, unless they were reached less than TRUSTED_S
ago. Until the first inputs are read up to there, records of the others are held back and no more of them are fetched; so only the
fetches already under way are ever held.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Protocol

from services.runtime.loop.inbox import Fetched
from services.runtime.process import metrics

log = logging.getLogger("voltbus.services")

WITHIN_S = 30.0
"""After this time the others are applied all the same: the last records of a topic may be gone, and its end never reached."""

TRUSTED_S = 0.05
"""How long a first input counts as read after its end was reached: a busy service looks up ends 20 times a second, not with each fetch."""

TopicPartition = tuple[str, int]


class Source(Protocol):
    """Where fetches come from."""

    async def starts(self, topics: Iterable[str]) -> Mapping[TopicPartition, int]:
        """The start offsets of the owned partitions of some topics. Raises KafkaError, TimeoutError."""

    def fetch_only(self, topics: Iterable[str]) -> None:
        """Fetch only these topics from now on; all topics where none is given."""


class Reach(Protocol):
    """Looks up end offsets."""

    async def ends(self, places: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
        """The offsets behind the last records now. Raises KafkaError, TimeoutError."""


class InputOrder:
    """Returns fetched records in the order in which they may be applied."""

    def __init__(self, topics: Iterable[str], source: Source, reach: Reach, *, name: str) -> None:
        self._topics = frozenset(topics)
        self._source = source
        self._offsets_source = reach
        self._name = name
        self._read: dict[TopicPartition, int] = {}
        self._held_back: list[Fetched] = []
        self._held_since = 0.0
        self._trusted_until = 0.0

    @property
    def is_holding_back(self) -> bool:
        """Whether records wait here for the first inputs to be read."""
        return bool(self._held_back)

    async def begin(self) -> None:
        """Start anew with newly assigned partitions. Raises KafkaError, TimeoutError."""
        self.forget()
        if self._topics:
            self._read = dict(await self._source.starts(self._topics))

    def forget(self) -> None:
        """Drop what is held back: the partitions were revoked, and their next owner fetches it again."""
        self._read, self._held_back = {}, []
        self._trusted_until = 0.0
        self._source.fetch_only(())

    async def next_to_apply(self, fetched: Fetched | None) -> list[Fetched]:
        """Take a fetch; return what may be applied now, in this order. Raises KafkaError, TimeoutError."""
        if not self._topics:
            return [] if fetched is None else [fetched]
        ready: list[Fetched] = []
        if fetched is not None:
            first, rest = self._split(fetched)
            ready += [first] if len(first) else []
            if len(rest):
                self._held_since = self._held_since if self._held_back else time.monotonic()
                self._held_back.append(rest)
        if not self._held_back:
            return ready
        if not await self._read_to_the_end():
            self._source.fetch_only(self._topics)
            return ready
        ready, self._held_back = ready + self._held_back, []
        self._source.fetch_only(())
        return ready

    def _split(self, fetched: Fetched) -> tuple[Fetched, Fetched]:
        first = {place: records for place, records in fetched.records.items() if place[0] in self._topics}
        rest = {place: records for place, records in fetched.records.items() if place[0] not in self._topics}
        self._read |= {(place[0], place[1]): records[-1].offset + 1 for place, records in first.items()}
        return Fetched(first), Fetched(rest)

    async def _read_to_the_end(self) -> bool:
        now = time.monotonic()
        if now < self._trusted_until:
            return True
        ends = await self._offsets_source.ends(self._read)
        behind = sorted(place for place, end in ends.items() if self._read[place] < end)
        if not behind:
            self._trusted_until = now + TRUSTED_S
            return True
        if time.monotonic() - self._held_since < WITHIN_S:
            return False
        metrics.FIRSTS_GIVEN_UP.labels(self._name).inc()
        log.warning("%s waits no longer for the end of %s", self._name, ", ".join(f"{t}/{n}" for t, n in behind))
        for place in behind:
            self._read[place] = ends[place]
        return True
