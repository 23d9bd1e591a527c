"""Inbox: fetched records wait here, one fetch at a time, for the loop that applies them. A full inbox stops the fetching."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fetched:
    """One fetch: records by (topic, partition), in their order."""

    records: Mapping[tuple[str, int], Sequence[Any]]

    def __len__(self) -> int:
        return sum(len(records) for records in self.records.values())


class Inbox:
    """Holds at most one fetch, and lends it out one at a time, so that a rebalance can wait until nothing is lent."""

    def __init__(self) -> None:
        self._waiting: Fetched | None = None
        self._arrived = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = False

    async def put(self, fetched: Fetched) -> bool:
        """Leave a fetch; waits while another one is there. False when the inbox is closed: nothing was taken."""
        while self._open and self._waiting is not None:
            self._emptied.clear()
            await self._emptied.wait()
        if self._open:
            self._waiting = fetched
            self._arrived.set()
        return self._open

    async def take(self, timeout_s: float) -> Fetched | None:
        """The waiting fetch, None when none came in time. Whoever took one says `done()` when it is applied."""
        if self._waiting is None and timeout_s > 0:
            self._arrived.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._arrived.wait()
            except TimeoutError:
                return None
        fetched, self._waiting = self._waiting, None
        if fetched is not None:
            self._idle.clear()
            self._emptied.set()
        return fetched

    def done(self) -> None:
        """The fetch taken last is applied."""
        self._idle.set()

    def wake(self) -> None:
        """End a waiting `take` early."""
        self._arrived.set()

    def open(self) -> None:
        """Take fetches: the states of all their keys are here."""
        self._open = True

    async def close(self) -> None:
        """Take no more, forget what waits (whoever owns it then fetches it again), wait until nothing is being applied."""
        self._open = False
        self._waiting = None
        self._emptied.set()
        await self._idle.wait()
