"""An OCSP responder for tests, over HTTP on loopback."""

import asyncio
import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from tests.pki import DAY, Authority, Issued

Statuses = dict[int, ocsp.OCSPCertStatus]


def answer(
    authority: Authority,
    own: x509.Certificate,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    *,
    signer: Issued | None = None,
    at: dt.datetime | None = None,
    besides: tuple[x509.Certificate, ...] = (),
    algorithm: hashes.HashAlgorithm = hashes.SHA1(),  # noqa: B008 the one that gateways ask with
) -> bytes:
    """The answer about a certificate, signed by its authority or by a responder of it. `besides`: more certificates in it."""
    now = at or dt.datetime.now(dt.UTC)
    revoked = now - DAY if status is ocsp.OCSPCertStatus.REVOKED else None
    builder = ocsp.OCSPResponseBuilder().add_response(
        own, authority.certificate, algorithm, status, now, now + DAY, revoked, None
    )
    by = signer.certificate if signer else authority.certificate
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, by)
    if signer or besides:
        builder = builder.certificates([*([signer.certificate] if signer else []), *besides])
    response = builder.sign(signer.key if signer else authority.key, hashes.SHA256())
    return response.public_bytes(serialization.Encoding.DER)


class Responder:
    """Answers what `content` says, and counts the questions."""

    def __init__(self) -> None:
        self.content = b""
        self.questions = 0

    async def __aenter__(self) -> "Responder":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        await reader.readexactly(length)
        self.questions += 1
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(self.content))
        writer.write(self.content)
        await writer.drain()
        writer.close()
