"""Inbox: a queue of one fetch between the consumer and the loop that applies records. While it is full, nothing is fetched."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fetched:
    """One fetch: records by (topic, partition), in offset order."""

    records: Mapping[tuple[str, int], Sequence[Any]]

    def __len__(self) -> int:
        return sum(len(records) for records in self.records.values())


class Inbox:
    """Holds at most one fetch. `close` waits until the fetch that was taken is applied, so that a rebalance can wait for it."""

    def __init__(self) -> None:
        self._waiting: Fetched | None = None
        self._arrived = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = False

    async def put(self, fetched: Fetched) -> bool:
        """Put a fetch; waits while another one is there. False when the inbox is closed, and the fetch was not accepted."""
        while self._open and self._waiting is not None:
            self._emptied.clear()
            await self._emptied.wait()
        if self._open:
            self._waiting = fetched
            self._arrived.set()
        return self._open

    async def take(self, timeout_s: float) -> Fetched | None:
        """Take the fetch, None when none came in time. The caller must call `done()` once it is applied."""
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
        """Mark the fetch taken last as applied."""
        self._idle.set()

    def wake(self) -> None:
        """End a waiting `take` early."""
        self._arrived.set()

    def open(self) -> None:
        """Accept fetches: the states of all their keys are loaded."""
        self._open = True

    async def close(self) -> None:
        """Accept no more, drop the fetch that waits (its next owner fetches it again), and wait until nothing is being applied."""
        self._open = False
        self._waiting = None
        self._emptied.set()
        await self._idle.wait()
