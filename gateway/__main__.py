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
    kafka = Kafka(settings)
    uplink, references, downlink = Uplink(kafka, settings), References(), Downlink(settings.gateway)
    actions = frozenset(name for v in VERSIONS for name in translate.receivable(v) | sendable(v))
    gateway = Gateway(
        settings, uplink=uplink, references=references, translation=translate, actions=actions, clock_us=clock_us
    )
    watch = BusWatch(settings.bootstrap)
    starting = [f"starting: it waits for Kafka at {settings.bootstrap}, or reads what was there before"]
    admin = await _listening(
        listen(
            settings.host,
            settings.metrics_port,
            not_ready=lambda: starting or [*gateway.not_ready(), *watch.not_ready()],
        ),
        settings.metrics_port,
    )
    try:
        counts = await uplink.start()
        gateway.follow(await past(kafka, counts[LOCATIONS.name], settings.gateway))
        await references.start(kafka, counts[REF_STATIONS.name])
        await downlink.start(kafka)
        _observe(uplink, downlink, gateway)
        await _listening(gateway.start(), settings.port)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(uplink.run()),
                group.create_task(references.run()),
                group.create_task(downlink.run(gateway.receive)),
                group.create_task(gateway.wheel.run()),
                group.create_task(watch.run()),
            ]
            starting.clear()
            log.info("gateway %s listens on %s:%d", settings.gateway, settings.host, gateway.port)
            listening(gateway.port, int(admin.sockets[0].getsockname()[1]))
            await stop.wait()
            log.info("gateway %s stops: no new stations, settling what is in flight", settings.gateway)
            await gateway.stop()
            for task in tasks:
                task.cancel()
    finally:
        admin.close()
        await asyncio.gather(downlink.stop(), references.stop(), uplink.stop())
    log.info("gateway %s has stopped", settings.gateway)


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
