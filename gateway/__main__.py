"""The gateway process: `python -m gateway`."""

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import uvloop

from gateway import metrics
from gateway.acceptor import Security
from gateway.admin import listen
from gateway.downlink import Downlink, read_past
from gateway.identities import Identities
from gateway.kafka import Kafka, Unreachable
from gateway.listening import NoPort
from gateway.ocpp import translate
from gateway.references import References
from gateway.server import VERSIONS, Gateway, moment, now_us
from gateway.settings import Settings
from gateway.tls.contexts import BadFile
from gateway.tls.reloading import Reloading
from gateway.uplink import Uplink
from schemas.identityvault import RANDOM_BYTES, WrongKey
from schemas.kafkaclients import mend_connections
from schemas.kafkawatch import BusWatch
from schemas.keyfile import seal_from, vault_from
from schemas.secretflags import hide_secrets
from schemas.settings import BadSetting, load
from schemas.wire import sendable

log = logging.getLogger("gateway")

T = TypeVar("T")


VAULT_EVERY_S, VAULT_AGAIN_S = 3_600.0, 1.0
"""How often the keys of months are looked at, and how soon again while there is none for this month."""


class CannotListen(Exception):
    """A port cannot be opened; the message says which and why."""


def main(argv: Sequence[str], *, clock_us: Callable[[], int] = now_us) -> int:
    """Run until a signal; 0 after a clean stop, 1 with one sentence where it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # a station's broken handshake is counted, not logged
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the gateway logs what matters of it, once
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
            runner.run(_run_until_signal(settings, clock_us))
    except (BadSetting, Unreachable, CannotListen, BadFile, NoPort, WrongKey) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _run_until_signal(settings: Settings, clock_us: Callable[[], int]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _allow_files(settings.max_connections)
    listening = asyncio.Event()

    def on_listening(_ports: Mapping[Security, int], _metrics_port: int) -> None:
        listening.set()
        _settle_memory()

    serving = asyncio.ensure_future(run(settings, stop, listening=on_listening, clock_us=clock_us))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not listening.is_set():
        serving.cancel()  # it still waits for Kafka: nothing is in flight
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    listening: Callable[[Mapping[Security, int], int], None],
    clock_us: Callable[[], int] = now_us,
) -> None:
    """Serve stations until `stop` is set, then drain. `listening` is called with their ports and that of metrics once they can connect.

    Raises Unreachable and CannotListen where it cannot start.
    """
    parts = _Parts(settings, clock_us)
    starting = [f"starting: it waits for Kafka at {settings.bootstrap}, or reads what was there before"]
    admin = await _start_listener(
        listen(settings.host, settings.metrics_port, not_ready=lambda: starting or parts.not_ready()),
        settings.metrics_port,
    )

    def on_started() -> None:
        starting.clear()
        ports = ", ".join(f"{port} ({security})" for security, port in sorted(parts.gateway.ports.items()))
        log.info("gateway %s listens on %s, ports %s", settings.gateway, settings.host, ports)
        listening(parts.gateway.ports, int(admin.sockets[0].getsockname()[1]))

    try:
        await parts.start()
        await parts.serve(stop, on_started)
    finally:
        admin.close()
        await parts.close()
    log.info("gateway %s has stopped", settings.gateway)


class _Parts:
    """The parts of the process, and the order in which they start, run and stop."""

    def __init__(self, settings: Settings, clock_us: Callable[[], int]) -> None:
        self._settings = settings
        self._kafka = Kafka(settings)
        self._uplink = Uplink(self._kafka, settings)
        self._vault = vault_from(settings.identities_key_file)
        self._references = References(vault=self._vault)
        self._downlink = Downlink(settings.gateway)
        self._watch = BusWatch(settings.bootstrap, failures=2)
        files = settings.tls_files()
        self._tls = Reloading(files, every_s=settings.tls_reload_s) if files.pairs else None
        self.gateway = Gateway(
            settings,
            uplink=self._uplink,
            references=self._references,
            translation=translate,
            actions=frozenset(name for v in VERSIONS for name in translate.receivable(v) | sendable(v)),
            seal=seal_from(settings.secrets_key_file, settings.secrets_key),
            vault=self._vault,
            clock_us=clock_us,
            tls=self._tls,
        )
        if self._tls is not None:
            self._tls.changed = self.gateway.on_revoked

    def not_ready(self) -> list[str]:
        """The reasons why stations should not connect here now; empty when they may."""
        return [*self.gateway.not_ready(), *self._watch.not_ready()]

    async def start(self) -> None:
        """Read what an earlier run left on Kafka, then listen for stations."""
        await self._uplink.start()
        self.gateway.report_orphans(await read_past(self._kafka, self._settings.gateway))
        await self._references.start(self._kafka)
        await self._downlink.start(self._kafka)
        _observe(self._uplink, self._downlink, self.gateway)
        await _start_listener(self.gateway.start(), self._settings.port)

    async def serve(self, stop: asyncio.Event, on_started: Callable[[], None]) -> None:
        """Work until `stop` is set, then settle what is in flight."""
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._uplink.run()),
                group.create_task(self._references.run()),
                group.create_task(self._downlink.run(self.gateway.receive)),
                group.create_task(self.gateway.wheel.run()),
                group.create_task(self._watch.run(stop)),
            ]
            if self._vault.is_on:
                tasks.append(group.create_task(self._keep_vault()))
            if self._tls is not None:
                tasks.append(group.create_task(self._tls.run()))
                asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._tls.ask)
            on_started()
            await stop.wait()
            log.info("gateway %s stops: no new stations, settling what is in flight", self._settings.gateway)
            await self.gateway.stop()
            for task in tasks:
                task.cancel()

    async def _keep_vault(self) -> None:
        """Have keys for this month and the next, and throw away those of months that are over."""
        while True:
            now = moment().at
            random = partial(os.urandom, RANDOM_BYTES)
            self._uplink.publish(Identities(self._vault).upkeep(now, random, self._settings.gateway))
            await asyncio.sleep(VAULT_EVERY_S if self._vault.has_period(now) else VAULT_AGAIN_S)

    async def close(self) -> None:
        """Disconnect from Kafka."""
        await asyncio.gather(self._downlink.stop(), self._references.stop(), self._uplink.stop())


def _observe(uplink: Uplink, downlink: Downlink, gateway: Gateway) -> None:
    """Register gauges that read their value on each scrape."""
    metrics.INFLIGHT_RECORDS.set_function(lambda: uplink.records)
    metrics.INFLIGHT_BYTES.set_function(lambda: uplink.bytes)
    metrics.INFLIGHT_FRAME_LOGS.set_function(lambda: uplink.frame_logs)
    metrics.WAITING_CALLS.set_function(lambda: gateway.waiting_calls)
    metrics.WAITING_COMMANDS.set_function(lambda: gateway.waiting_commands)
    metrics.ROUTE_LAG.set_function(downlink.lag)
    metrics.LATE_TOKENS.set_function(lambda: len(gateway.late_starts))


def _settle_memory() -> None:
    # Objects made until now live as long as the process, so the garbage collector may skip them; and it may run rarely, because
    # connections leave no reference cycles behind.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _allow_files(connections: int) -> None:
    """Raise the limit of file descriptors to the number of connections, as far as the system permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 200
    if soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
        if allowed < wanted:
            log.warning(
                "%d connections are allowed, but the system lets this process open only %d files", connections, allowed
            )


async def _start_listener(starting: Awaitable[T], port: int) -> T:
    try:
        return await starting
    except OSError as error:
        raise CannotListen(f"Port {port} cannot be used: {error.strerror or error}") from error


if __name__ == "__main__":
    hide_secrets()
    sys.exit(main(sys.argv[1:]))
