"""The gateway process: `python -m gateway`."""

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import uvloop

from gateway import metrics
from gateway.admin import listen
from gateway.downlink import Downlink, past
from gateway.kafka import Kafka, Unreachable
from gateway.ocpp import translate
from gateway.references import References
from gateway.server import VERSIONS, Gateway, now_us
from gateway.settings import Settings
from gateway.uplink import Uplink
from gateway.watch import BusWatch
from schemas.kafkaclients import mend_connections
from schemas.settings import BadSetting, load
from schemas.topics import LOCATIONS, REF_STATIONS
from schemas.wire import sendable

log = logging.getLogger("gateway")

T = TypeVar("T")


class CannotListen(Exception):
    """A port cannot be had; the message says which and why."""


def main(argv: Sequence[str], *, clock_us: Callable[[], int] = now_us) -> int:
    """Run until a signal; 0 after a clean stop, 1 with one sentence where it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # a station's broken handshake is counted, not told
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it means for us, we say ourselves, once
    try:
        settings = load(
            Settings,
            prog="python -m gateway",
            description="The OCPP gateway: stations in, records out.",
            argv=argv,
            environ=os.environ,
        )
        mend_connections()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signalled(settings, clock_us))
    except (BadSetting, Unreachable, CannotListen) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _until_signalled(settings: Settings, clock_us: Callable[[], int]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _allow_files(settings.max_connections)
    listening = asyncio.Event()

    def settled(_port: int, _metrics_port: int) -> None:
        listening.set()
        _settle_memory()

    serving = asyncio.ensure_future(run(settings, stop, listening=settled, clock_us=clock_us))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not listening.is_set():
        serving.cancel()  # it still waits for Kafka: there is nothing to settle
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    listening: Callable[[int, int], None],
    clock_us: Callable[[], int] = now_us,
) -> None:
    """Serve stations until `stop` is set, then drain. `listening` hears of the two ports once stations can come.

    Raises Unreachable and CannotListen where it cannot start.
    """
    parts = _Parts(settings, clock_us)
    starting = [f"starting: it waits for Kafka at {settings.bootstrap}, or reads what was there before"]
    admin = await _listening(
        listen(settings.host, settings.metrics_port, not_ready=lambda: starting or parts.not_ready()),
        settings.metrics_port,
    )

    def begun() -> None:
        starting.clear()
        log.info("gateway %s listens on %s:%d", settings.gateway, settings.host, parts.gateway.port)
        listening(parts.gateway.port, int(admin.sockets[0].getsockname()[1]))

    try:
        await parts.start()
        await parts.serve(stop, begun)
    finally:
        admin.close()
        await parts.close()
    log.info("gateway %s has stopped", settings.gateway)


class _Parts:
    """What the process is made of, and the order in which it starts, works and stops."""

    def __init__(self, settings: Settings, clock_us: Callable[[], int]) -> None:
        self._settings = settings
        self._kafka = Kafka(settings)
        self._uplink = Uplink(self._kafka, settings)
        self._references = References()
        self._downlink = Downlink(settings.gateway)
        self._watch = BusWatch(settings.bootstrap)
        self.gateway = Gateway(
            settings,
            uplink=self._uplink,
            references=self._references,
            translation=translate,
            actions=frozenset(name for v in VERSIONS for name in translate.receivable(v) | sendable(v)),
            clock_us=clock_us,
        )

    def not_ready(self) -> list[str]:
        """Why no station should come here now."""
        return [*self.gateway.not_ready(), *self._watch.not_ready()]

    async def start(self) -> None:
        """Read what was there before, then let stations come."""
        counts = await self._uplink.start()
        self.gateway.follow(await past(self._kafka, counts[LOCATIONS.name], self._settings.gateway))
        await self._references.start(self._kafka, counts[REF_STATIONS.name])
        await self._downlink.start(self._kafka)
        _observe(self._uplink, self._downlink, self.gateway)
        await _listening(self.gateway.start(), self._settings.port)

    async def serve(self, stop: asyncio.Event, begun: Callable[[], None]) -> None:
        """Work until `stop` is set, then settle what is in flight."""
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._uplink.run()),
                group.create_task(self._references.run()),
                group.create_task(self._downlink.run(self.gateway.receive)),
                group.create_task(self.gateway.wheel.run()),
                group.create_task(self._watch.run()),
            ]
            begun()
            await stop.wait()
            log.info("gateway %s stops: no new stations, settling what is in flight", self._settings.gateway)
            await self.gateway.stop()
            for task in tasks:
                task.cancel()

    async def close(self) -> None:
        """Let go of Kafka."""
        await asyncio.gather(self._downlink.stop(), self._references.stop(), self._uplink.stop())


def _observe(uplink: Uplink, downlink: Downlink, gateway: Gateway) -> None:
    """Depths are read when somebody asks, not kept."""
    metrics.INFLIGHT_RECORDS.set_function(lambda: uplink.records)
    metrics.INFLIGHT_BYTES.set_function(lambda: uplink.bytes)
    metrics.INFLIGHT_FRAME_LOGS.set_function(lambda: uplink.frame_logs)
    metrics.WAITING_CALLS.set_function(lambda: gateway.waiting_calls)
    metrics.WAITING_COMMANDS.set_function(lambda: gateway.waiting_commands)
    metrics.ROUTE_LAG.set_function(downlink.lag)


def _settle_memory() -> None:
    # What was built until now lives as long as the process: the collector need not look at it again, and seldom at the
    # rest, for connections leave no garbage in cycles.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _allow_files(connections: int) -> None:
    """Have as many file descriptors as connections, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 200
    if soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
        if allowed < wanted:
            log.warning(
                "%d connections are allowed, but the system lets this process open only %d files", connections, allowed
            )


async def _listening(starting: Awaitable[T], port: int) -> T:
    try:
        return await starting
    except OSError as error:
        raise CannotListen(f"Port {port} cannot be used: {error.strerror or error}") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
