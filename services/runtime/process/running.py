"""Running workers in one process and one event loop: started together, stopped together, the first bug ends all."""

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence

from schemas.kafkawatch import BusWatch
from services.runtime.loop.worker import Worker
from services.runtime.process.admin import Admin
from services.runtime.process.logcontext import FORMAT, AddsContext
from services.runtime.process.settings import Settings

log = logging.getLogger("voltbus.services")

LIBRARIES = (
    "aiokafka",
    "faust",
    "mode",
    "services.runtime.faust.stream",
    "services.runtime.faust.store",
    "asyncio",
    "kafka",
    "urllib3",
    "clickhouse_connect",
)
"""Loggers of libraries: they log every step and every failed attempt; the workers log what matters of it."""


def configure_logging(library_level: str = "CRITICAL") -> None:
    """Plain lines on stderr, each with what it is about."""
    lines = logging.StreamHandler(sys.stderr)
    lines.addFilter(AddsContext())
    logging.basicConfig(level=logging.INFO, handlers=[lines], format=FORMAT, force=True)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(library_level)


async def run_workers(workers: Sequence[Worker], settings: Settings, stop: asyncio.Event) -> None:
    """Run until `stop` is set or one of them raises, which is raised when all have stopped."""
    workers = (*workers, BusWatch(settings.bootstrap))
    admin = Admin(workers, host=settings.metrics_host, port=settings.metrics_port)
    if settings.metrics_port:
        await admin.start()
    try:
        tasks = [asyncio.create_task(worker.run(stop), name=worker.name) for worker in workers]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        stop.set()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for worker, end in zip(workers, ends, strict=True):
            if isinstance(end, BaseException):
                log.error("%s has ended: %s", worker.name, end)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
    finally:
        await admin.stop()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM and SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
