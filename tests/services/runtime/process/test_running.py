"""Running: the workers of a process begin and end together, and the first bug ends them all."""

import asyncio
import logging

import pytest

from services.runtime.process.running import LIBRARIES, configure_logging, run_workers
from services.runtime.process.settings import Settings

EMBEDDED = Settings(bus="embedded", metrics_port=0)


class Steady:
    """A worker that works until it is told to stop."""

    name = "steady"

    def __init__(self) -> None:
        self.ended = False

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.ended = True

    def not_ready(self) -> list[str]:
        return []


class Broken(Steady):
    """A worker with a bug."""

    name = "broken"

    async def run(self, stop: asyncio.Event) -> None:
        raise ZeroDivisionError("a bug")


async def test_a_bug_of_one_worker_ends_the_others_in_order_and_is_raised() -> None:
    steady, stop = Steady(), asyncio.Event()

    with pytest.raises(ZeroDivisionError, match="a bug"):
        await run_workers((steady, Broken()), EMBEDDED, stop)

    assert steady.ended
    assert stop.is_set()


async def test_workers_that_are_told_to_stop_end_without_a_fault() -> None:
    steady, stop = Steady(), asyncio.Event()
    stop.set()

    await run_workers((steady,), EMBEDDED, stop)

    assert steady.ended


def test_libraries_log_nothing_but_what_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in LIBRARIES}
    try:
        configure_logging("ERROR")

        assert {logging.getLogger(name).level for name in LIBRARIES} == {logging.ERROR}
        assert logging.getLogger("voltbus.services").isEnabledFor(logging.INFO)
    finally:
        root.handlers[:], root.level = before[0], before[1]
        for name, level in before[2].items():
            logging.getLogger(name).setLevel(level)
