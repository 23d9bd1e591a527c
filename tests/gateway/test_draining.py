"""Draining: idle connections are closed at once, others when they have settled or their time is over."""

import asyncio

from gateway.draining import SETTLE_TICK_S, dismiss, wait_until
from gateway.session import SERVICE_RESTART


class Settling:
    def __init__(self, *, idle: bool) -> None:
        self.idle = idle
        self.closed: list[tuple[int, str]] = []

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))


async def test_an_idle_connection_is_closed_at_once() -> None:
    connection = Settling(idle=True)

    dismiss(connection, 60)

    assert connection.closed == [(SERVICE_RESTART, "the gateway restarts")]


async def test_a_busy_one_is_closed_once_when_it_has_settled() -> None:
    connection = Settling(idle=False)
    dismiss(connection, 60)
    await asyncio.sleep(2 * SETTLE_TICK_S)
    assert connection.closed == []

    connection.idle = True
    await wait_until(lambda: bool(connection.closed), 60)
    await asyncio.sleep(2 * SETTLE_TICK_S)

    assert len(connection.closed) == 1


async def test_one_that_never_settles_is_closed_when_its_time_is_over() -> None:
    connection = Settling(idle=False)

    dismiss(connection, 0)

    assert len(connection.closed) == 1


async def test_what_is_never_done_is_not_waited_for_longer_than_said() -> None:
    await asyncio.wait_for(wait_until(lambda: False, 0.01), 60)
