"""Wiring: the API as a worker: Kafka and ClickHouse behind the ports, uvicorn in the process's own loop."""

import asyncio
import contextlib
import datetime as dt
import socket
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

import uvicorn

from schemas.base import Record
from schemas.keyfile import vault_from
from schemas.operators import Scope
from schemas.provisioning import ChangeSettled
from schemas.reports import ReportChanged
from schemas.stations import StationChanged
from services.api import config as configured
from services.api.audit.writing import AuditLog
from services.api.console import routes as console
from services.api.diagnostics.store import opened
from services.api.history.bound import bound_reads
from services.api.history.scoping import Scoped
from services.api.history.warmup import WarmUp
from services.api.http import create_app
from services.api.identities.keeping import Keeper
from services.api.live.follower import TOPICS, Follower
from services.api.live.freshness import Freshness, Watermarks
from services.api.live.hub import Hub
from services.api.live.memory import CommandMemory
from services.api.live.overlaid import Overlaid, Overlays
from services.api.live.proposals import Proposals
from services.api.live.publishing import InTurn
from services.api.live.reference import FOLLOWED, LiveReference
from services.api.live.teller import Teller
from services.api.ports import Ports, Reads
from services.api.reports.waits import ReportMemory
from services.api.settings import ApiSettings
from services.api.signing.counting import ExpiryCount
from services.api.web.outside import Outside
from services.runtime.bus.producer import Publisher
from services.runtime.bus.readpositions import Mark, ReadPositions
from services.runtime.clickhouse import open_clickhouse
from services.runtime.loop.worker import Worker
from services.runtime.process.outage import Unusable

STOP_WITHIN_S = 5


class _Server(uvicorn.Server):
    """uvicorn without its own signals: the process stops all its workers itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Api:
    """Serves the API and the console until stopped. `port`: where it listens, 0 before it does."""

    name = "api"

    def __init__(self, settings: ApiSettings) -> None:
        self._settings = settings
        self._config = configured.from_settings(settings)
        self._memory = CommandMemory(
            recent_limit=self._config.recent_commands, waiting_limit=self._config.waiting_commands
        )
        self._reports = ReportMemory(
            recent_limit=self._config.recent_commands, waiting_limit=self._config.waiting_commands
        )
        self._hub = Hub(clients_limit=self._config.sse_clients, queue_limit=self._config.sse_queue)
        self._teller = Teller(self._memory, self._hub)
        self._overlays = Overlays(limit=settings.api_overlay_records, keep_s=settings.api_overlay_keep_s)
        reached = ReadPositions()
        self._watermarks = Watermarks((*TOPICS, *FOLLOWED), settings, self._overlays.stored)
        fresh = Freshness(self._watermarks.ends, reached, within_s=settings.api_fresh_within_s, away=self._behind_kafka)
        self._fresh = fresh
        self._publisher = Publisher(settings, name="api", timeout_s=settings.api_publish_timeout_s)
        self._turns = InTurn(self._publisher, turn_within_s=settings.api_publish_timeout_s)
        self._keeper = Keeper(vault_from(settings.identities_key_file), self._turns, clock=_now)
        self._reference = LiveReference(
            settings, self._station_changed, reached=reached, caught_up=fresh.caught_up, kept=self._keeper.heard
        )
        self._feed = Follower(
            settings, self._heard, reached, stored=self._watermarks.stored, behind=settings.api_overlay_records
        )
        self._proposals = Proposals(self._turns, clock=_now, new_id=_new_id, within_s=settings.api_publish_timeout_s)
        self._clickhouse = open_clickhouse(
            settings.clickhouse, settings.clickhouse_database, timeout_s=settings.clickhouse_timeout_s
        )
        stored = bound_reads(self._clickhouse)
        self._reads = cast(Reads, Overlaid(stored, self._overlays, fresh.caught_up))
        self._outside = Outside()
        self._files = opened(settings.api_files)
        self._warmup = WarmUp(stored, _now)
        self._expiring = ExpiryCount(stored, _now)
        self._serving: _Server | None = None
        self.port = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises Unusable when the address cannot be used."""
        listener = self._listener()
        self.port = listener.getsockname()[1]
        self._serving = server = self._server()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watermarks.run(stop))
                group.create_task(self._feed.run(stop))
                group.create_task(self._reference.view.run(stop))
                group.create_task(self._keeper.run(stop))
                group.create_task(self._warmup.run(stop))
                group.create_task(self._expiring.run(stop))
                group.create_task(self._end_when(stop, server))
                await server.serve(sockets=[listener])
        except ExceptionGroup as ended:
            raise ended.exceptions[0] from None  # the first is why the others were cancelled
        finally:
            listener.close()
            await self._publisher.stop()
            await self._outside.close()
            await self._clickhouse.close()

    def not_ready(self) -> list[str]:
        """Why the API cannot do its work now."""
        started = self._serving is not None and self._serving.started
        listening = [] if started else ["the API does not listen yet"]
        return [*listening, *self._unready()]

    def _unready(self) -> list[str]:
        return [
            *self._reference.view.not_ready(),
            *self._feed.not_ready(),
            *self._warmup.not_ready(),
            *self._keeper.not_ready(),
        ]

    def _heard(self, record: Record, mark: Mark) -> None:
        if isinstance(record, ChangeSettled):
            self._proposals.heard(record)
            return
        if isinstance(record, ReportChanged):
            self._reports.changed(record)
        self._overlays.heard(record, mark)
        self._teller.heard(record)

    def _station_changed(self, record: StationChanged, mark: Mark) -> None:
        self._overlays.heard(record, mark)
        self._teller.station_changed(record)

    def _behind_kafka(self) -> bool:
        """Reads need not wait for what does not come now."""
        return bool(self._feed.not_ready() or self._reference.view.not_ready())

    def _reads_within(self, scope: Scope, holds: Callable[[Any], bool]) -> Reads:
        below = bound_reads(Scoped(self._clickhouse, scope))
        return cast(Reads, Overlaid(below, self._overlays, self._fresh.caught_up, holds=holds))

    def _server(self) -> _Server:
        ports = Ports(
            config=self._config,
            reads=self._reads,
            publisher=self._turns,
            proposals=self._proposals,
            reference=self._reference,
            commands=self._memory,
            reports=self._reports,
            files=self._files,
            hub=self._hub,
            clock=_now,
            new_id=_new_id,
            outside=self._outside,
            audit=AuditLog(self._turns, writer=_new_id(), clock=_now),
            pricing=self._reference,
            reads_within=self._reads_within,
            not_ready=self._unready,
            identities=self._keeper,
        )
        return _Server(
            uvicorn.Config(
                create_app(ports, console=console.routers()),
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=STOP_WITHIN_S,
                h11_max_incomplete_event_size=65_536,
            )
        )

    async def _end_when(self, stop: asyncio.Event, server: _Server) -> None:
        await stop.wait()
        self._hub.close()
        server.should_exit = True

    def _listener(self) -> socket.socket:
        host, port = self._settings.host, self._settings.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            listener.close()
            raise Unusable(
                f"the API cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
            ) from error
        return listener


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


def workers(settings: ApiSettings) -> tuple[Worker, ...]:
    """The worker that serves the API and the console. Raises BadSetting without a usable operator key."""
    return (Api(settings),)
