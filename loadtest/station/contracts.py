"""The mobility operator of the simulated EVs: its authority, the contracts that it issues, and the responder that is asked about them.

Most EVs show a contract that counts. Now and then one shows a certificate that has expired, or that the responder calls revoked.
"""

import asyncio
import contextlib
import datetime as dt
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from loadtest.ocpp.contracts import PROVIDER, Contract
from loadtest.ocpp.messages import Payload

AUTHORITY, KEY = "authority.pem", "authority.key"
"""Files of the operator's folder: the authority below its root, which issues contracts, and its key."""

SPOILED_ONE_IN = 5
"""Of so many EVs that come with a contract, one shows a certificate that does not count."""

DAY = dt.timedelta(days=1)
ANSWER_HOLDS = dt.timedelta(hours=1)
LONGEST_QUESTION = 16_384
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Kind = Literal["good", "expired", "revoked"]


class MobilityOperator:
    """Issues contracts and answers for them."""

    def __init__(self, folder: Path, *, contracts: int, random: Random) -> None:
        self._authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
        self._key: Any = load_pem_private_key((folder / KEY).read_bytes(), None)
        self._random = random
        self._made: dict[tuple[str, Kind], Contract] = {}
        self._revoked: set[int] = set()
        self._url = ""
        names = ("".join(random.choice(ALPHABET) for _ in range(8)) for _ in range(contracts))
        self.emaids = tuple(f"{PROVIDER}C{name}" for name in names)

    def shown(self, emaid: str) -> Contract:
        """What the EV with this contract shows today."""
        spoiled = self._random.randrange(SPOILED_ONE_IN) == 0
        kind: Kind = self._random.choice(("expired", "revoked")) if spoiled else "good"
        if (emaid, kind) not in self._made:
            self._made[emaid, kind] = self._issued(emaid, kind, dt.datetime.now(dt.UTC))
        return self._made[emaid, kind]

    def station_certificate(self) -> Payload:
        """How a responder is asked about the V2G certificate of a station; each station has another."""
        return self._hash_data(self._random.getrandbits(64) + 1)

    def _issued(self, emaid: str, kind: Kind, now: dt.datetime) -> Contract:
        names = ((NameOID.COMMON_NAME, emaid), (NameOID.ORGANIZATION_NAME, "Elbtal Mobility"))
        builder = x509.CertificateBuilder().subject_name(
            x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
        )
        number = x509.random_serial_number()
        ends = now - DAY if kind == "expired" else now + 365 * DAY
        builder = builder.issuer_name(self._authority.subject).serial_number(number)
        builder = builder.public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
        builder = builder.not_valid_before(now - 30 * DAY).not_valid_after(ends)
        usage = x509.KeyUsage(True, False, False, False, True, False, False, False, False)
        made = builder.add_extension(usage, critical=True).sign(self._key, SHA256())
        if kind == "revoked":
            self._revoked.add(number)
        chain = b"".join(each.public_bytes(Encoding.PEM) for each in (made, self._authority)).decode()
        return Contract(emaid=emaid, chain=chain, hashes=(self._hash_data(number),))

    def _hash_data(self, number: int) -> Payload:
        """What a station says of a certificate (OCSPRequestDataType)."""
        request = ocsp.OCSPRequestBuilder().add_certificate(self._authority, self._authority, SHA256()).build()
        return {
            "hashAlgorithm": "SHA256",
            "issuerNameHash": hashlib.sha256(self._authority.subject.public_bytes()).hexdigest(),
            "issuerKeyHash": request.issuer_key_hash.hex(),
            "serialNumber": format(number, "x"),
            "responderURL": self._url,
        }

    # -- its responder ------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Answer questions about contracts on a port of this machine (RFC 6960)."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split()[0])
            content = self.answer(await reader.readexactly(min(length, LONGEST_QUESTION)), dt.datetime.now(dt.UTC))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError, ConnectionError):
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(content))
        writer.write(content)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    def answer(self, question: bytes, now: dt.datetime) -> bytes:
        """The signed answer to a question. Raises ValueError for what is none."""
        asked = ocsp.load_der_ocsp_request(question)
        revoked = asked.serial_number in self._revoked
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            now,
            now + ANSWER_HOLDS,
            now - DAY if revoked else None,
            None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, self._authority)
        return builder.sign(self._key, SHA256()).public_bytes(Encoding.DER)
