"""Server: accepts handshakes, keeps all connections of the process, routes records to them, and drains at a stop."""

import asyncio
import datetime as dt
import logging
import random
import time
from collections.abc import Callable

from msgspec.structs import replace
from websockets.asyncio.server import Server

from gateway import metrics
from gateway.acceptor import Acceptor, Security
from gateway.admission import (
    Refused,
    revocation_reason,
    standing_of,
    with_new_credential,
)
from gateway.channels import REVOKED
from gateway.connection import Connection, Shared
from gateway.dispatches import delivery_report
from gateway.downlink import Past
from gateway.draining import dismiss, wait_until
from gateway.effects import Identity, Moment, Translation
from gateway.epochs import Epochs
from gateway.gate import Gate
from gateway.handshakes import Handshakes, subprotocol
from gateway.identities import Identities
from gateway.lifecycle import station_disconnected, station_located
from gateway.listening import listen
from gateway.references import References
from gateway.settings import Settings
from gateway.shares import Shares
from gateway.sockets import StationSocket
from gateway.tls import metrics as tls_metrics
from gateway.tls.reloading import Reloading
from gateway.uplink import Uplink
from gateway.wheel import Wheel
from schemas.authorization import AuthorizationDecided
from schemas.base import CallDecided, OcppVersion, Record
from schemas.commands import CommandDispatched, ConnectionSuperseded
from schemas.credentials import credential_id
from schemas.identityvault import NO_VAULT, Vault
from schemas.ids import folded
from schemas.sealing import NO_KEY, Seal
from schemas.stations import BootDecided
from schemas.transactions import TransactionDecided

log = logging.getLogger(__name__)

VERSIONS: tuple[OcppVersion, ...] = ("1.6", "2.0.1", "2.1")


def moment() -> Moment:
    """Now."""
    return Moment(time.monotonic(), dt.datetime.now(dt.UTC))


def now_us() -> int:
    """The time in microseconds, for epochs."""
    return time.time_ns() // 1_000


class Gateway:
    """All connections of the process. Records for a station go to its newest connection."""

    def __init__(
        self,
        settings: Settings,
        *,
        uplink: Uplink,
        references: References,
        translation: Translation,
        actions: frozenset[str],
        seal: Seal = NO_KEY,
        vault: Vault = NO_VAULT,
        clock_us: Callable[[], int] = now_us,
        tls: Reloading | None = None,
    ) -> None:
        self._settings = settings
        self._uplink = uplink
        self._references = references
        references.changed, references.revoked = self._on_reference_changed, self.on_revoked
        self._gate = Gate(settings, references, self._connected_spelling)
        self._handshakes = Handshakes(
            settings, gate=self._gate, references=references, uplink=uplink, clock=moment, busy=self._busy
        )
        self._policy = self._gate.policy
        self._newest: dict[str, Connection] = {}
        self._open: set[Connection] = set()
        self._epochs = Epochs()
        self._clock_us = clock_us
        self._server: Server | None = None
        self._acceptor: Acceptor | None = None
        self.tls = tls
        self._draining = False
        self.wheel = Wheel(time.monotonic())
        self.late_starts = settings.late_starts()
        self._identities = Identities(vault) if vault.is_on else None
        self._shared = Shared(
            settings=settings,
            limits=settings.limits(),
            translation=translation,
            traits=references,
            late_starts=self.late_starts,
            uplink=uplink,
            wheel=self.wheel,
            clock=moment,
            leave=self._leave,
            frames=metrics.Children(metrics.FRAMES),
            actions=actions,
            seal=seal,
            identities=self._identities,
            new_passwords=references.new_passwords,
            shares=Shares(references.tenants, at=self.wheel.at, clock=time.monotonic),
        )

    @property
    def port(self) -> int:
        """The port stations connect to: the first of them."""
        assert self._acceptor is not None
        return self._acceptor.listeners[0].port

    @property
    def ports(self) -> dict[Security, int]:
        """All ports stations connect to."""
        assert self._acceptor is not None
        ports: dict[Security, int] = {}
        for listener in self._acceptor.listeners:
            ports.setdefault(listener.security, listener.port)
        return ports

    async def start(self) -> None:
        """Listen. Raises OSError, NoPort."""
        tls = self.tls
        self.on_revoked()
        self._server, self._acceptor = await listen(
            self._settings,
            None if tls is None else lambda: tls.now,
            serve=self._serve,
            admit=self._handshakes.admit,
            subprotocol=subprotocol,
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
        """The reasons why stations should not connect here now; empty when they may."""
        reasons = ["draining"] if self._draining else []
        return reasons + self._uplink.not_ready() + self._without_vault()

    def _without_vault(self) -> list[str]:
        return [] if self._identities is None else self._identities.not_ready(moment().at)

    def report_orphans(self, past: Past) -> None:
        """Report stations of an earlier run of this gateway as gone, and give out only epochs greater than before."""
        now = moment()
        self._epochs.observe(past.newest_epoch)
        for lost in past.orphans:
            identity = Identity(station=lost.station, version=lost.version, gateway=lost.gateway, epoch=lost.epoch)
            gone = station_disconnected(identity, now, code=None, reason="the gateway ended")
            self._uplink.publish((gone, station_located(identity, now, connected=False)))

    def receive(self, record: Record) -> None:
        """Hand a record to the connection it names. Without one, a decision is dropped and counted, a command is reported `not-here`."""
        match record:
            case BootDecided() | AuthorizationDecided() | TransactionDecided() | CallDecided():
                holder = self._holder(record.station, record.reply_to.epoch)
                if holder is not None:
                    holder.on_decision(record)
            case CommandDispatched():
                holder = self._holder(record.station, record.epoch)
                if self._identities is not None:
                    self._identities.note(record.command)
                if holder is not None:
                    holder.on_command(record)
                else:
                    metrics.DELIVERIES.labels("not-here").inc()
                    self._uplink.publish((delivery_report(record, "not-here", moment()),))
            case ConnectionSuperseded():
                self._epochs.observe(record.by_epoch)
                holder = self._holder(record.station, record.epoch)
                if holder is not None:
                    holder.supersede(held_off=self._gate.note_replacement(record.station, time.monotonic()))
        metrics.ROUTED.labels("here" if holder is not None else "not-here").inc()

    async def stop(self) -> None:
        """Admit nobody, let everything in flight settle, and close the connections spread over `drain_window_s`."""
        assert self._server is not None
        self._draining = True
        self._server.close(close_connections=False)
        loop = asyncio.get_running_loop()
        for connection in self._open:
            connection.drain()
            after_s = random.uniform(0, self._settings.drain_window_s)  # noqa: S311
            loop.call_later(after_s, dismiss, connection, self._settings.settle_s)
        longest_s = self._settings.drain_window_s + self._settings.settle_s + 2 * self._settings.close_timeout_s
        await wait_until(lambda: not self._open, longest_s)
        await self._handshakes.close()
        await wait_until(lambda: self._uplink.idle, self._settings.settle_s)
        if not self._uplink.idle:
            log.error("Stopped with %d records that Kafka did not acknowledge", self._uplink.records)

    # -- stations -----------------------------------------------------------------------------------------------------

    def on_revoked(self) -> None:
        """Certificates were revoked, or revocation lists read anew: close the connections of those that count no longer."""
        revocations = self._references.revocations
        if self.tls is not None:
            revocations.lists = self.tls.now.revoked
        for connection in tuple(self._open):
            certificate = connection.admitted.channel.certificate
            if certificate is not None and revocations.names(certificate):
                connection.revoke(REVOKED.rstrip("."))

    def _connected_spelling(self, station: str) -> str | None:
        connection = self._newest.get(folded(station))
        return None if connection is None else connection.identity.station

    def _busy(self) -> Refused | None:
        if self._draining:
            return Refused(status=503, sentence="This gateway is stopping; connect again.")
        if len(self._open) >= self._settings.max_connections:
            return Refused(status=503, sentence="This gateway holds as many stations as it may; connect again.")
        if self._uplink.full:
            return Refused(status=503, sentence="Nothing can be stored now; connect again.")
        if self._without_vault():
            return Refused(status=503, sentence="The vault of identities is not ready; connect again.")
        return None

    async def _serve(self, socket: StationSocket) -> None:
        certificate = (admitted := socket.admitted).channel.certificate
        identity = Identity(
            station=admitted.station,
            version=admitted.version,
            gateway=self._settings.gateway,
            epoch=self._epochs.next_epoch(self._clock_us()),
            remote_address=socket.origin.address,
            credential=credential_id(admitted.credential),
            profile=admitted.profile,
            certificate="" if certificate is None else certificate.number,
        )
        reference = self._references.lookup(identity.station)
        standing = replace(standing_of(reference, self._policy, admitted.channel), renews=admitted.renews)
        connection = Connection(socket, identity, self._shared, standing)
        older = self._newest.get(folded(identity.station))
        self._newest[folded(identity.station)] = connection
        self._open.add(connection)
        metrics.ACCEPTED.inc()
        metrics.CONNECTIONS.labels(identity.version).inc()
        tls_metrics.PROFILES.labels(str(identity.profile)).inc()
        if older is not None:
            older.supersede(held_off=self._gate.note_replacement(identity.station, time.monotonic()))
        revoked = revocation_reason(admitted, reference, self._policy)
        if certificate is not None and self._references.revocations.names(certificate):
            revoked = REVOKED.rstrip(".")
        if revoked:  # changed since the handshake
            connection.revoke(revoked)
        await connection.serve()

    def _on_reference_changed(self, station: str, *, by_operator: bool) -> None:
        """The reference data of a station has changed: apply it to its connection, or close that."""
        connection = self._newest.get(folded(station))
        if connection is None:
            return
        reference = self._references.lookup(connection.identity.station)
        if not by_operator:
            connection.admitted = with_new_credential(connection.admitted, reference)
        reason = revocation_reason(connection.admitted, reference, self._policy)
        if reason:
            connection.revoke(reason)
        else:
            connection.set_standing(standing_of(reference, self._policy, connection.admitted.channel))

    # -- connections --------------------------------------------------------------------------------------------------

    def _holder(self, station: str, epoch: int) -> Connection | None:
        connection = self._newest.get(folded(station))
        return connection if connection is not None and connection.identity.epoch == epoch else None

    def _leave(self, connection: Connection) -> bool:
        """Forget a connection that is over; returns whether its station has a newer one here."""
        self._open.discard(connection)
        metrics.CONNECTIONS.labels(connection.identity.version).dec()
        tls_metrics.PROFILES.labels(str(connection.identity.profile)).dec()
        if self._newest.get(station := folded(connection.identity.station)) is not connection:
            return True
        del self._newest[station]
        return False
