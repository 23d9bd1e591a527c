"""The gateway process: `python -m gateway`."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Sequence
from typing import TypeVar

import uvloop

from gateway import metrics
from gateway.admin import listen
from gateway.downlink import Downlink, orphans
from gateway.kafka import Kafka, Unreachable
from gateway.ocpp import translate
from gateway.references import References
from gateway.server import VERSIONS, Gateway
from gateway.settings import Settings
from gateway.uplink import Uplink
from schemas.settings import BadSetting, load
from schemas.topics import LOCATIONS, REF_STATIONS
from schemas.wire import sendable

log = logging.getLogger("gateway")

T = TypeVar("T")


class CannotListen(Exception):
    """A port cannot be had; the message says which and why."""


def main(argv: Sequence[str]) -> int:
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
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(settings))
    except (BadSetting, Unreachable, CannotListen) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    kafka = Kafka(settings)
    uplink, references, downlink = Uplink(kafka, settings), References(), Downlink(settings.gateway)
    actions = frozenset(name for v in VERSIONS for name in translate.receivable(v) | sendable(v))
    gateway = Gateway(settings, uplink=uplink, references=references, translation=translate, actions=actions)
    starting = ["starting"]
    admin = await _listening(
        listen(settings.host, settings.metrics_port, not_ready=lambda: starting or gateway.not_ready()),
        settings.metrics_port,
    )
    try:
        counts = await uplink.start()
        gateway.bury(await orphans(kafka, counts[LOCATIONS.name], settings.gateway))
        await references.start(kafka, counts[REF_STATIONS.name])
        await downlink.start(kafka)
        metrics.INFLIGHT_RECORDS.set_function(lambda: uplink.records)
        metrics.INFLIGHT_BYTES.set_function(lambda: uplink.bytes)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(uplink.run()),
                group.create_task(references.run()),
                group.create_task(downlink.run(gateway.receive)),
                group.create_task(gateway.wheel.run()),
            ]
            await _listening(gateway.start(), settings.port)
            starting.clear()
            # What was built until now lives as long as the process: the collector need not look at it again, and seldom
            # at the rest, for connections hold no garbage in cycles.
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 20, 50)
            log.info("gateway %s listens on %s:%d", settings.gateway, settings.host, gateway.port)
            await stop.wait()
            log.info("gateway %s stops: no new stations, settling what is in flight", settings.gateway)
            await gateway.stop()
            for task in tasks:
                task.cancel()
    finally:
        admin.close()
        await asyncio.gather(downlink.stop(), references.stop(), uplink.stop())
    log.info("gateway %s has stopped", settings.gateway)


async def _listening(starting: Awaitable[T], port: int) -> T:
    try:
        return await starting
    except OSError as error:
        raise CannotListen(f"Port {port} cannot be used: {error.strerror or error}") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
