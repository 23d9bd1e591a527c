"""Handshakes: who asks to come in, over which channel, what the gate decides, and what is answered and told of it."""

import http
import math
from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.typing import Subprotocol

from gateway import metrics
from gateway.admission import CERTIFICATE_INVALID, RENEWS, Refused, Request, station_of
from gateway.channels import Channels
from gateway.effects import Moment
from gateway.gate import Gate
from gateway.profiles import Channel
from gateway.references import References
from gateway.securityevents import SecurityEvents
from gateway.settings import Settings
from gateway.sockets import StationSocket
from gateway.tls import metrics as tls_metrics
from gateway.tls.certificates import ClientCertificate
from gateway.tls.ocsp import Ocsp
from gateway.uplink import Uplink


class Handshakes:
    """Decides on the handshakes of a gateway. `busy()` is why nobody may come in now, whoever it is; else None."""

    def __init__(
        self,
        settings: Settings,
        *,
        gate: Gate,
        references: References,
        uplink: Uplink,
        clock: Callable[[], Moment],
        busy: Callable[[], Refused | None],
    ) -> None:
        self._gate = gate
        self._references = references
        self._uplink = uplink
        self._clock = clock
        self._busy = busy
        self._channels = Channels(settings.proxies(), settings.forwarded_certificate)
        self._events = SecurityEvents(limit=settings.max_connections)
        self._ocsp = None if settings.ocsp == "off" else Ocsp(settings)

    async def close(self) -> None:
        """Disconnect from the responders that certificates are asked about at."""
        if self._ocsp is not None:
            await self._ocsp.close()

    def admit(
        self, socket: ServerConnection, http_request: HttpRequest
    ) -> Response | Awaitable[Response | None] | None:
        """Decide on a handshake: None lets the station in, a response refuses it with a sentence."""
        assert isinstance(socket, StationSocket)
        now = self._clock()
        channel = self._channels.of(socket, http_request, self._references.revocations)
        if self._ocsp is not None and channel.certificate is not None and not channel.fault:
            return self._admit_after_ocsp(socket, http_request, channel, channel.certificate, self._ocsp)
        return self._decide(socket, _request(http_request, channel, now), now)

    async def _admit_after_ocsp(
        self,
        socket: StationSocket,
        http_request: HttpRequest,
        channel: Channel,
        certificate: ClientCertificate,
        responders: Ocsp,
    ) -> Response | None:
        fault = await responders.fault(certificate, self._clock().at)
        now = self._clock()
        return self._decide(socket, _request(http_request, replace(channel, fault=fault), now), now)

    def _decide(self, socket: StationSocket, request: Request, now: Moment) -> Response | None:
        verdict = self._busy() or self._gate.decide(request, socket.origin.address, now.now)
        if not isinstance(verdict, Refused):
            socket.admitted = verdict
            if verdict.renews:
                event = self._events.found(
                    verdict.station, CERTIFICATE_INVALID, RENEWS, socket.origin.address, now, renews=True
                )
                if event:
                    self._uplink.publish((event,))
            return None
        if verdict.security_event:
            self._tell_security(request, verdict, socket.origin.address, now)
        metrics.REFUSED.labels(str(verdict.status)).inc()
        response = socket.respond(http.HTTPStatus(verdict.status), verdict.sentence + "\n")
        if verdict.challenge:
            response.headers["WWW-Authenticate"] = 'Basic realm="ocpp", charset="UTF-8"'
        if verdict.retry_after_s:
            response.headers["Retry-After"] = str(math.ceil(verdict.retry_after_s))
        return response

    def _tell_security(self, request: Request, verdict: Refused, address: str, now: Moment) -> None:
        tls_metrics.SECURITY_REFUSED.labels(verdict.security_event).inc()
        known = self._references.lookup(station) if isinstance(station := station_of(request.path), str) else None
        event = known and self._events.found(known.station, verdict.security_event, verdict.sentence, address, now)
        if event:
            self._uplink.publish((event,))
        else:
            tls_metrics.EVENTS_HELD_BACK.inc()


def _request(http_request: HttpRequest, channel: Channel, now: Moment) -> Request:
    offered = ",".join(http_request.headers.get_all("Sec-WebSocket-Protocol"))
    authorizations = http_request.headers.get_all("Authorization")
    return Request(
        path=http_request.path,
        subprotocols=tuple(name.strip() for name in offered.split(",") if name.strip()),
        authorization=authorizations[0] if authorizations else None,
        at=now.at,
        channel=channel,
    )


def subprotocol(socket: StationSocket) -> Subprotocol:
    """The subprotocol that is spoken with a station that was let in."""
    return Subprotocol(socket.admitted.subprotocol)
