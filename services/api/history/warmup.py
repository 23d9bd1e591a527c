"""Warm-up: ask ClickHouse once what pages ask most, before the API says it is ready: an engine's first answers take seconds."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Callable

from services.api.ports import Reads
from services.runtime.process.outage import Outage

WITHIN_S = 20.0
RETRY_S = 0.25
NOBODY = "-"


class WarmUp:
    """Reads nothing that matters. An API without ClickHouse still commands stations, so after a while it is ready regardless."""

    def __init__(self, reads: Reads, clock: Callable[[], dt.datetime]) -> None:
        self._reads = reads
        self._clock = clock
        self._done = False

    def not_ready(self) -> list[str]:
        """Why the first answers would be slow; empty when they are not."""
        return [] if self._done else ["the API asks ClickHouse for the first time"]

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until it has answered, for a while: its tables may be made only now."""
        give_up = time.monotonic() + WITHIN_S
        while not (self._done or stop.is_set()):
            with contextlib.suppress(Outage):
                await self._ask()
                self._done = True
            self._done = self._done or time.monotonic() > give_up
            if not self._done:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY_S)

    async def _ask(self) -> None:
        await self._reads.session(NOBODY)  # alone: where ClickHouse is away, one call is enough to learn it
        await asyncio.gather(self._reads.sessions(limit=1), self._reads.stations(limit=1))
        await asyncio.gather(self._reads.station(NOBODY), self._reads.meter_values(NOBODY))
        await asyncio.gather(self._reads.fleet_overview(self._clock()), self._reads.commands(NOBODY))
