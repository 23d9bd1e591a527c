"""The wall clock of simulated stations, as a port: tests bring one that they move by hand."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The present, in UTC."""

    async def wait(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait some seconds, less where the event is set before."""


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)

    async def wait(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait some seconds, less where the event is set before."""
        if until is None:
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await until.wait()
