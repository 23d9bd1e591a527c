"""Servers over TLS for tests, by their own code: EST (RFC 7030: cacerts, simpleenroll); each says whatever a test wants."""

import asyncio
import base64
import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates
from cryptography.x509.oid import NameOID

from services.authorities.profiles import usage

BEGINS, ENDS = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def signed(
    name: str, key: Any, by: str, by_key: Any, *, ca: bool, number: int = 1, ends: dt.datetime = ENDS, dns: str = ""
) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(by)).public_key(key)
    builder = builder.serial_number(number).not_valid_before(BEGINS).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if ca:
        builder = builder.add_extension(usage(signs=True), critical=True)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    names = x509.SubjectAlternativeName([x509.DNSName(dns)] if dns else [loopback])
    return builder.add_extension(names, critical=False).sign(by_key, hashes.SHA256())


class EstServer:
    """What it answers: the certificate of the request, unless `answers` has something else for the next times."""

    def __init__(self) -> None:
        self.root_key, self.issuing_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = signed("Root", self.root_key.public_key(), "Root", self.root_key, ca=True)
        self.issuing = signed("Issuing", self.issuing_key.public_key(), "Root", self.root_key, ca=True, number=2)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.named = [self.root, self.issuing]
        self.silent = False
        self.port = 0

    @contextlib.asynccontextmanager
    async def serving(self, folder: Path) -> AsyncIterator["EstServer"]:
        """Serve on loopback; the folder gets its root as `trust.pem`, and a client's certificate."""
        (folder / "trust.pem").write_bytes(self.root.public_bytes(Encoding.PEM))
        for name in ("server", "client"):
            key = ec.generate_private_key(ec.SECP256R1())
            own = signed(name, key.public_key(), "Issuing", self.issuing_key, ca=False, number=9)
            chain = own.public_bytes(Encoding.PEM) + self.issuing.public_bytes(Encoding.PEM)
            (folder / f"{name}.pem").write_bytes(chain)
            (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        context.load_verify_locations(folder / "trust.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/.well-known/est"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                peer = writer.get_extra_info("peercert")
                self.asked.append((head[0].rsplit(" ", 1)[0], headers | ({"client": "yes"} if peer else {})))
                if self.silent:
                    continue
                status, more, payload = self.answers.pop(0) if self.answers else self.answer(head[0], body)
                fields = {"Content-Length": str(len(payload)), "Content-Type": "application/pkcs7-mime"} | more
                lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
                writer.write("\r\n".join(lines).encode() + payload)
                await writer.drain()
        writer.close()

    def answer(self, line: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for the first line and the body of a request."""
        if line.startswith("GET"):
            return 200, {}, self.certs(*self.named)
        request = x509.load_der_x509_csr(base64.b64decode(body))
        (name,) = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        own = signed(str(name.value), request.public_key(), "Issuing", self.issuing_key, ca=False, number=77)
        return 200, {}, self.certs(own)

    @staticmethod
    def certs(*certificates: x509.Certificate) -> bytes:
        """A certs-only answer (RFC 7030, 4.1.3)."""
        return base64.encodebytes(serialize_certificates(list(certificates), Encoding.DER))
