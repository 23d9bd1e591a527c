"""Waiting in tests for what is bound to come."""

import asyncio
import time
from collections.abc import Callable

WITHIN_S = 60.0


async def until(condition: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        await asyncio.sleep(0.005)
