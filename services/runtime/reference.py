"""CompactedView: compacted topics whole in memory, followed as they change."""

import asyncio
from collections.abc import Callable, Mapping

from schemas.base import Record
from schemas.topics import Topic
from services.runtime.settings import Settings


class CompactedView:
    """The newest record of every key of some compacted topics. Read whole at start, then followed.

    Every process holds all partitions. Records that cannot be read are skipped and counted. A removal is a record too
    (TokenRemoved): the view keeps it under its key until a tombstone comes.
    """

    def __init__(
        self, *topics: Topic, settings: Settings, changed: Callable[[Topic, str, Record | None], None] | None = None
    ) -> None:
        self.name = "reference"
        self._topics = topics
        self._settings = settings
        self._changed = changed
        self.caught_up = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Read and follow until `stop` is set."""
        await stop.wait()

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of `key`, None where there is none."""
        return self.all(topic).get(key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key of a topic with its newest record (a live view: do not change it)."""
        return {}

    def not_ready(self) -> list[str]:
        """Why the view cannot be trusted now; empty when it can."""
        return [] if self.caught_up.is_set() else ["reference data is being read"]
