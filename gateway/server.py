"""The gateway as a whole: who is connected, who may come in, what is for whom, and how it stops."""

import asyncio
import datetime as dt
import http
import logging
import random
import secrets
import time
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.typing import Subprotocol

from gateway import metrics
from gateway.admission import Refused, Request, Verified, admit, station_of
from gateway.connection import Connection, Shared
from gateway.dispatches import delivery
from gateway.downlink import Past
from gateway.effects import Identity, Moment, Translation
from gateway.epochs import Epochs
from gateway.references import References
from gateway.session import SERVICE_RESTART, located
from gateway.settings import Settings
from gateway.sockets import StationSocket
from gateway.uplink import Uplink
from gateway.wheel import Wheel
from schemas.authorization import AuthorizationDecided
from schemas.base import OcppVersion, Record, derived_id
from schemas.commands import CommandDispatched, ConnectionSuperseded
from schemas.stations import BootDecided, StationDisconnected
from schemas.transactions import TransactionDecided

log = logging.getLogger(__name__)

VERSIONS: tuple[OcppVersion, ...] = ("1.6", "2.0.1", "2.1")
SETTLE_TICK_S = 0.02


def moment() -> Moment:
    """Now."""
    return Moment(time.monotonic(), dt.datetime.now(dt.UTC))


def now_us() -> int:
    """The time in microseconds, for epochs."""
    return time.time_ns() // 1_000


class Gateway:
    """All connections of the process. Of one station the newest connection counts, whatever becomes of the others."""

    def __init__(
        self,
        settings: Settings,
        *,
        uplink: Uplink,
        references: References,
        translation: Translation,
        actions: frozenset[str],
        clock_us: Callable[[], int] = now_us,
    ) -> None:
        self._settings = settings
        self._uplink = uplink
        self._references = references
        self._policy = settings.policy()
        self._verified = Verified(key=secrets.token_bytes(32), limit=settings.verified_passwords)
        self._newest: dict[str, Connection] = {}
        self._open: set[Connection] = set()
        self._epochs = Epochs()
        self._clock_us = clock_us
        self._server: Server | None = None
        self._draining = False
        self.wheel = Wheel(time.monotonic())
        self._shared = Shared(
            settings=settings,
            limits=settings.limits(),
            translation=translation,
            uplink=uplink,
            wheel=self.wheel,
            clock=moment,
            leave=self._leave,
            frames=metrics.Children(metrics.FRAMES),
            actions=actions,
        )

    @property
    def port(self) -> int:
        """The port stations connect to."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen. Raises OSError when the port cannot be had."""
        settings = self._settings
        self._server = await serve(
            self._serve,
            settings.host,
            settings.port,
            create_connection=StationSocket,
            process_request=self._admit,
            select_subprotocol=_chosen,
            compression=None,
            server_header=None,
            open_timeout=settings.open_timeout_s,
            # Pings come from the wheel: a task per connection costs memory, and would cut off stations that we do not read.
            ping_interval=None,
            close_timeout=settings.close_timeout_s,
            max_size=settings.max_frame_bytes,
            max_queue=(8, 2),
            write_limit=settings.write_buffer_bytes,
            backlog=4_096,
        )

    @property
    def waiting_calls(self) -> int:
        """CALLs of all stations that have no answer yet."""
        return sum(connection.waiting_calls for connection in self._open)

    @property
    def waiting_commands(self) -> int:
        """Commands in flight to all stations, or queued behind."""
        return sum(connection.waiting_commands for connection in self._open)

    def not_ready(self) -> list[str]:
        """Why no station should come here now."""
        reasons = ["draining"] if self._draining else []
        return reasons + self._uplink.not_ready()

    def follow(self, past: Past) -> None:
        """Go on from what was said before this life: its orphans are gone, and no epoch comes again."""
        now = moment()
        self._epochs.heard(past.newest_epoch)
        for lost in past.orphans:
            identity = Identity(station=lost.station, version=lost.version, gateway=lost.gateway, epoch=lost.epoch)
            gone = StationDisconnected(
                id=derived_id(lost.station, lost.epoch, "disconnected"),
                station=lost.station,
                gateway=lost.gateway,
                epoch=lost.epoch,
                reason="the gateway ended",
                at=now.at,
            )
            self._uplink.publish((gone, located(identity, now, connected=False)))

    def receive(self, record: Record) -> None:
        """A record from this gateway's route, for one connection: what is for none is counted, a command goes back."""
        match record:
            case BootDecided() | AuthorizationDecided() | TransactionDecided():
                holder = self._holder(record.station, record.reply_to.epoch)
                if holder is not None:
                    holder.decided(record)
            case CommandDispatched():
                holder = self._holder(record.station, record.epoch)
                if holder is not None:
                    holder.command(record)
                else:
                    metrics.DELIVERIES.labels("not-here").inc()
                    self._uplink.publish((delivery(record, "not-here", moment()),))
            case ConnectionSuperseded():
                self._epochs.heard(record.by_epoch)
                holder = self._holder(record.station, record.epoch)
                if holder is not None:
                    holder.supersede()
        metrics.ROUTED.labels("here" if holder is not None else "not-here").inc()

    async def stop(self) -> None:
        """Take nobody in, let everything settle, and send the stations away, not all at once."""
        assert self._server is not None
        self._draining = True
        self._server.close(close_connections=False)
        loop = asyncio.get_running_loop()
        for connection in self._open:
            connection.drain()
            loop.call_later(random.uniform(0, self._settings.drain_window_s), self._dismiss, connection)  # noqa: S311
        longest_s = self._settings.drain_window_s + self._settings.settle_s + 2 * self._settings.close_timeout_s
        await self._until(lambda: not self._open, longest_s)
        await self._until(lambda: self._uplink.idle, self._settings.settle_s)
        if not self._uplink.idle:
            log.error("Stopped with %d records that Kafka did not acknowledge", self._uplink.records)

    # -- handshakes ---------------------------------------------------------------------------------------------------

    def _admit(self, socket: ServerConnection, http_request: HttpRequest) -> Response | None:
        assert isinstance(socket, StationSocket)
        request = _request(http_request)
        station = station_of(request.path)
        known = self._references.known(station) if isinstance(station, str) else None
        verdict = admit(request, self._policy, known, self._verified)
        if not isinstance(verdict, Refused):
            busy = self._busy()
            if busy is None:
                socket.admitted = verdict
                return None
            verdict = busy
        metrics.REFUSED.labels(str(verdict.status)).inc()
        response = socket.respond(http.HTTPStatus(verdict.status), verdict.sentence + "\n")
        if verdict.challenge:
            response.headers["WWW-Authenticate"] = 'Basic realm="ocpp", charset="UTF-8"'
        return response

    def _busy(self) -> Refused | None:
        if self._draining:
            return Refused(status=503, sentence="This gateway is stopping; connect again.")
        if len(self._open) >= self._settings.max_connections:
            return Refused(status=503, sentence="This gateway holds as many stations as it may; connect again.")
        if self._uplink.full:
            return Refused(status=503, sentence="Nothing can be stored now; connect again.")
        return None

    async def _serve(self, socket: ServerConnection) -> None:
        assert isinstance(socket, StationSocket)
        admitted = socket.admitted
        address = socket.remote_address
        identity = Identity(
            station=admitted.station,
            version=admitted.version,
            gateway=self._settings.gateway,
            epoch=self._epochs.following(self._clock_us()),
            remote_address=str(address[0]) if address else "",
        )
        connection = Connection(socket, identity, self._shared)
        older = self._newest.get(identity.station)
        self._newest[identity.station] = connection
        self._open.add(connection)
        metrics.ACCEPTED.inc()
        metrics.CONNECTIONS.labels(identity.version).inc()
        if older is not None:
            older.supersede()
        await connection.serve()

    # -- connections --------------------------------------------------------------------------------------------------

    def _holder(self, station: str, epoch: int) -> Connection | None:
        connection = self._newest.get(station)
        return connection if connection is not None and connection.identity.epoch == epoch else None

    def _leave(self, connection: Connection) -> bool:
        """The connection is over; whether its station has a newer one here."""
        self._open.discard(connection)
        metrics.CONNECTIONS.labels(connection.identity.version).dec()
        station = connection.identity.station
        if self._newest.get(station) is not connection:
            return True
        del self._newest[station]
        return False

    def _dismiss(self, connection: Connection) -> None:
        """Close it once it is idle, or when the time to settle is over."""
        give_up = time.monotonic() + self._settings.settle_s

        def look() -> None:
            if connection.idle or time.monotonic() >= give_up:
                connection.close(SERVICE_RESTART, "the gateway restarts")
            else:
                asyncio.get_running_loop().call_later(SETTLE_TICK_S, look)

        look()

    @staticmethod
    async def _until(done: Any, within_s: float) -> None:
        give_up = time.monotonic() + within_s
        while not done() and time.monotonic() < give_up:  # noqa: ASYNC110 a condition of many parts, at the very end
            await asyncio.sleep(SETTLE_TICK_S)


def _request(http_request: HttpRequest) -> Request:
    offered = ",".join(http_request.headers.get_all("Sec-WebSocket-Protocol"))
    authorizations = http_request.headers.get_all("Authorization")
    return Request(
        path=http_request.path,
        subprotocols=tuple(name.strip() for name in offered.split(",") if name.strip()),
        authorization=authorizations[0] if authorizations else None,
    )


def _chosen(socket: ServerConnection, _offered: Any) -> Subprotocol | None:
    assert isinstance(socket, StationSocket)
    return Subprotocol(socket.admitted.subprotocol)
