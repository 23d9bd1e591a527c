"""Running workers in one process and one event loop: started together, stopped together, the first bug ends all."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Sequence

from services.runtime.admin import Admin
from services.runtime.settings import Settings
from services.runtime.worker import Worker

log = logging.getLogger("voltbus.services")

LOOK_EVERY_S = 2.0
CONNECT_WITHIN_S = 2.0
DEFAULT_PORT = 9092

LIBRARIES = (
    "aiokafka",
    "faust",
    "mode",
    "services.runtime.stream",
    "services.runtime.store",
    "asyncio",
    "kafka",
    "urllib3",
    "clickhouse_connect",
)
"""Their loggers: they tell every step and repeat every failed attempt; what matters of it is told by the workers."""


def configure_logging(library_level: str = "CRITICAL") -> None:
    """Plain lines on stderr."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(library_level)


class BusWatch:
    """Looks whether any Kafka broker takes connections, so that idle workers are not called ready during an outage."""

    name = "kafka"

    def __init__(self, settings: Settings) -> None:
        self._brokers = [address.strip().partition(":") for address in settings.bootstrap.split(",")]
        self._bootstrap = settings.bootstrap
        self._reachable = True

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until `stop` is set."""
        while not stop.is_set():
            self._reachable = any([await _takes_connections(host, port) for host, _, port in self._brokers])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await stop.wait()

    def not_ready(self) -> list[str]:
        """Why the bus cannot be used now; empty when it can."""
        return [] if self._reachable else [f"Kafka at {self._bootstrap} takes no connections"]


async def _takes_connections(host: str, port: str) -> bool:
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            _, writer = await asyncio.open_connection(host, int(port or DEFAULT_PORT))
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def run_workers(workers: Sequence[Worker], settings: Settings, stop: asyncio.Event) -> None:
    """Run until `stop` is set or one of them raises, which is raised when all have stopped."""
    workers = (*workers, BusWatch(settings))
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
