"""Channels: what a handshake came through, by its socket, by a trusted proxy's word, and by revocation lists."""

from websockets.http11 import Request

from gateway.profiles import Channel
from gateway.sockets import Origin, StationSocket
from gateway.tls import metrics
from gateway.tls.certificates import ClientCertificate, Unreadable, read
from gateway.tls.forwarded import CERTIFICATE_HEADERS, HEADERS, Forwarded, forwarded, named
from gateway.tls.handshaking import Chains, cipher_kind
from gateway.tls.proxies import Networks
from gateway.tls.revocations import Revocations

REVOKED = "The client certificate is revoked."


UNFORWARDED = (
    "The certificate of this connection is the proxy's, and the proxy forwards none of the station: have it set a header with the"
    " station's, and name that header in forwarded_certificate."
)
"""What is said of a proxy that shows a certificate of its own (mTLS between it and the gateway) and forwards no station's."""


class Channels:
    """Tells the channel of each handshake. `certificate_header`: the one that trusted proxies set; `off` for none."""

    def __init__(self, trusted: Networks, certificate_header: str) -> None:
        self._trusted = trusted
        self._certificate_header = certificate_header
        self._chains = Chains()

    def of(self, socket: StationSocket, request: Request, revocations: Revocations) -> Channel:
        """The channel of a handshake. The origin of the socket gets the client's address, where a proxy says it."""
        origin = socket.origin
        try:
            said = self._forwarded(socket, request)
            shown = self._of_tls(socket)
            own = None if _is_proxys_own(origin) else shown
            certificate = said.certificate or _of_proxy_protocol(socket) or own
        except Unreadable as error:
            return Channel(tls=True, fault=f"The client certificate cannot be used: {error}.")
        if said.address:
            origin.address = said.address
        tls = origin.tls or said.tls or (origin.proxied is not None and origin.proxied.tls)
        fault = REVOKED if certificate is not None and revocations.names(certificate) else ""
        advice = UNFORWARDED if shown is not None and certificate is None else ""
        return Channel(tls=tls, certificate=certificate, fault=fault, advice=advice)

    def _forwarded(self, socket: StationSocket, request: Request) -> Forwarded:
        headers = {name: request.headers.get_all(name) for name in HEADERS if name in request.headers}
        if not socket.origin.trusted:
            for name in headers:
                metrics.FORWARDED_IGNORED.labels(name).inc()
            return Forwarded()
        for name in CERTIFICATE_HEADERS:
            if name in headers and name != self._certificate_header:
                metrics.FORWARDED_IGNORED.labels(name).inc()
        return forwarded(headers, self._certificate_header, self._trusted) if headers else Forwarded()

    def _of_tls(self, socket: StationSocket) -> ClientCertificate | None:
        if not socket.origin.tls:
            return None
        handshake = socket.transport.get_extra_info("ssl_object")
        metrics.HANDSHAKES.labels(handshake.version() or "", cipher_kind(handshake)).inc()
        return self._chains.client(handshake)


def _is_proxys_own(origin: Origin) -> bool:
    """Whether TLS ends at a trusted proxy, whose certificate is no station's. Behind a PROXY header TLS is the station's own."""
    return origin.trusted and origin.proxied is None


def _of_proxy_protocol(socket: StationSocket) -> ClientCertificate | None:
    proxied = socket.origin.proxied
    if proxied is None or not (proxied.certificate or proxied.common_name):
        return None
    return read([proxied.certificate]) if proxied.certificate else named(proxied.common_name)
