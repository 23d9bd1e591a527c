"""Draining: at a stop each connection is closed once nothing is in flight on it, or when the time to settle is over."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from gateway.session import SERVICE_RESTART

SETTLE_TICK_S = 0.02


class Settling(Protocol):
    """A connection that is to end."""

    @property
    def idle(self) -> bool:
        """Whether nothing is in flight, in either direction."""

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket."""


def dismiss(connection: Settling, settle_s: float) -> None:
    """Close a connection once it is idle, or when the time to settle is over."""
    give_up = time.monotonic() + settle_s

    def look() -> None:
        if connection.idle or time.monotonic() >= give_up:
            connection.close(SERVICE_RESTART, "the gateway restarts")
        else:
            asyncio.get_running_loop().call_later(SETTLE_TICK_S, look)

    look()


async def wait_until(done: Callable[[], bool], within_s: float) -> None:
    """Wait until it is done, or the time is over."""
    give_up = time.monotonic() + within_s
    while not done() and time.monotonic() < give_up:  # noqa: ASYNC110 a condition of many parts, at the very end
        await asyncio.sleep(SETTLE_TICK_S)
