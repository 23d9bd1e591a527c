"""A clock that a test moves: whoever waits is woken in the order of their time, once all else has come to rest."""

import asyncio
import contextlib
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
NEVER_S = 1e8
"""Who waits so long is not woken by time."""

REST_S = 0.002
"""Real time in which sockets of this machine come to rest."""


class HandClock:
    """Moves from one wait to the next while nothing is `busy`; nobody waits in real time."""

    def __init__(self) -> None:
        self.busy: Callable[[], bool] = lambda: False
        self._now = START
        self._numbers = count()
        self._waiting: list[tuple[datetime, int, asyncio.Event]] = []

    def now(self) -> datetime:
        return self._now

    async def wait(self, seconds: float, until: asyncio.Event | None = None) -> None:
        due = asyncio.Event()
        if seconds < NEVER_S:
            heapq.heappush(self._waiting, (self._now + timedelta(seconds=seconds), next(self._numbers), due))
        tasks = [asyncio.ensure_future(event.wait()) for event in (due, until) if event is not None]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def run(self) -> None:
        """Move time until cancelled."""
        while True:
            await self._rest()
            if self._waiting:
                at, _, due = heapq.heappop(self._waiting)
                self._now = max(self._now, at)
                due.set()

    async def _rest(self) -> None:
        """Until nothing is under way: neither now nor some rounds of the loop later."""
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(REST_S / 3)
            quiet = 0 if self.busy() else quiet + 1


@contextlib.asynccontextmanager
async def moving(*coroutines):
    """Run these beside the test, and end them with it."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
