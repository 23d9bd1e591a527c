"""Wheel: one timer wheel for the whole process, for thousands of deadlines, precise to a tick."""

import asyncio
import time
from collections.abc import Callable

TICK_S = 0.1


class Wheel:
    """Calls back at a monotonic time, at most a tick late. A call cannot be cancelled: callees check whether it still applies."""

    def __init__(self, now: float) -> None:
        self._slots: dict[int, list[Callable[[], None]]] = {}
        self._turned = int(now / TICK_S)

    def at(self, when: float, callback: Callable[[], None]) -> None:
        """Call back at `when`; at the next tick if that is past."""
        slot = max(int(when / TICK_S) + 1, self._turned + 1)
        self._slots.setdefault(slot, []).append(callback)

    def turn(self, now: float) -> None:
        """Call everything that is due by `now`."""
        reached = int(now / TICK_S)
        while self._turned < reached:
            self._turned += 1
            for callback in self._slots.pop(self._turned, ()):
                callback()

    async def run(self) -> None:
        """Turn with the clock, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self.turn(time.monotonic())
