"""Builders: requests of a station as it signs them, what authorities make of them, and a station whose records reach the core."""

import datetime as dt
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from schemas.authorities import AUTHORITIES, AuthorityAnnounced
from schemas.base import Due, Record, ReplyTo, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.revocations import REF_REVOCATIONS, CertificateRevoked
from schemas.security import SecurityEventReported
from schemas.signing import (
    CertificateIssued,
    IssuedCertificateChanged,
    SignatureAsked,
    SigningDecided,
    SigningFailed,
    SigningOrdered,
)
from schemas.stations import REF_STATIONS, StationProvisioned
from services.certificates.checking import Policy
from services.certificates.signing import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"
DAY_S = 86_400
CHAIN = "-----BEGIN CERTIFICATE-----\nleaf\n-----END CERTIFICATE-----\n"
PLAIN = Policy(organization="Elbtal", renewal_days=30, spread_days=10)


@cache
def key(kind: str = "ec", number: int = 0) -> Any:
    """A key, the same within a process."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    if kind == "rsa-1024":
        return rsa.generate_private_key(65537, 1024)
    return ec.generate_private_key(ec.SECP192R1() if kind == "ec-192" else ec.SECP256R1())


@cache
def csr(
    name: str = STATION,
    organization: str = "Elbtal",
    *,
    kind: str = "ec",
    number: int = 0,
    weak: bool = False,
    **parts: str,
) -> str:
    """A request in PEM; `number` tells keys apart. `parts`: further parts of the subject, by their OID's name."""
    names = [x509.NameAttribute(getattr(NameOID, part), value) for part, value in parts.items()]
    if organization:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    if name:
        names.append(x509.NameAttribute(NameOID.COMMON_NAME, name))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    signed = builder.sign(key(kind, number), hashes.SHA1() if weak else hashes.SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def asked(number: int = 0, *, seconds: float = 0, **changes: Any) -> SignatureAsked:
    members: dict[str, Any] = {
        "id": f"asked-{seconds}",
        "station": STATION,
        "csr": csr(number=number),
        "use": "ChargingStationCertificate",
        "reply_to": ReplyTo(gateway="gw-0", epoch=1, message_id="m", received_at=at(seconds)),
        "received_at": at(seconds),
    }
    return SignatureAsked(**members | changes)


def announced(name: str = "stations", **changes: Any) -> AuthorityAnnounced:
    members: dict[str, Any] = {
        "authority": name,
        "kind": "built-in",
        "uses": ("ChargingStationCertificate",),
        "announced_at": at(-100),
    }
    return AuthorityAnnounced(**members | changes)


def issued(
    order: str, *, seconds: float = 1, serial: str = "1f", days: float = 90, **changes: Any
) -> CertificateIssued:
    members: dict[str, Any] = {
        "id": derived_id(order, serial),
        "station": STATION,
        "order": order,
        "authority": "stations",
        "chain": CHAIN,
        "serial_number": serial,
        "fingerprint": f"ab{serial}",
        "subject": f"CN={STATION}",
        "issuer": "CN=Issuing",
        "valid_from": at(seconds),
        "expires_at": at(seconds + days * DAY_S),
        "issued_at": at(seconds),
    }
    return CertificateIssued(**members | changes)


def failed(order: str, *, seconds: float = 1, detail: str = "not today") -> SigningFailed:
    return SigningFailed(
        id=f"failed-{order}", station=STATION, order=order, authority="stations", detail=detail, failed_at=at(seconds)
    )


def settled(
    request: CommandRequested, outcome: Any = "accepted", *, seconds: float = 2, **changes: Any
) -> CommandSettled:
    members: dict[str, Any] = {
        "id": f"settled-{request.id}",
        "command_id": request.id,
        "station": STATION,
        "command": str(request.command.__struct_config__.tag),
        "outcome": outcome,
        "sent": True,
        "settled_at": at(seconds),
    }
    return CommandSettled(**members | changes)


def event(type_: str, *, seconds: float = 3, tech_info: str = "", renews: bool = False) -> SecurityEventReported:
    return SecurityEventReported(
        id=f"event-{seconds}",
        station=STATION,
        type=type_,
        tech_info=tech_info,
        at=at(seconds),
        received_at=at(seconds),
        renews=renews,
    )


def revocation(fingerprint: str, *, seconds: float = 10) -> CertificateRevoked:
    return CertificateRevoked(
        fingerprint=fingerprint,
        serial_number="1f",
        issuer="CN=Issuing",
        station=STATION,
        reason="keyCompromise",
        expires_at=at(90 * DAY_S),
        revoked_at=at(seconds),
    )


class Asker:
    """A station whose records reach the core; keeps all that the core said."""

    def __init__(
        self, *records: Record, authorities: tuple[AuthorityAnnounced, ...] = (announced(),), policy: Policy = PLAIN
    ) -> None:
        self.state = initial(STATION)
        self.policy = policy
        self.references: dict[str, dict[str, Record]] = {
            AUTHORITIES.name: {one.authority: one for one in authorities},
            REF_REVOCATIONS.name: {},
            REF_STATIONS.name: {STATION: StationProvisioned(station=STATION, provisioned_at=at(-100))},
        }
        self.outputs: list[Record] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record, references=self.references, policy=self.policy)
        self.outputs += outputs
        return outputs

    @property
    def due(self) -> dt.datetime | None:
        return due(self.state, references=self.references, policy=self.policy)

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := self.due) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=max(moment, at(0))))

    def comes_with(
        self, *, number: int = 0, seconds: float = 0, serial: str = "1f", days: float = 90
    ) -> CommandRequested:
        """The station asks, and the authority makes the certificate: the command that sends it."""
        self.reads(asked(number, seconds=seconds))
        self.reads(issued(self.orders[-1].id, seconds=seconds + 1, serial=serial, days=days))
        return self.commands[-1]

    def takes(self, *, number: int = 0, seconds: float = 0, serial: str = "1f", days: float = 90) -> None:
        """The same, and the station takes it."""
        self.reads(
            settled(self.comes_with(number=number, seconds=seconds, serial=serial, days=days), seconds=seconds + 2)
        )

    @property
    def orders(self) -> list[SigningOrdered]:
        return [one for one in self.outputs if isinstance(one, SigningOrdered)]

    @property
    def commands(self) -> list[CommandRequested]:
        return [one for one in self.outputs if isinstance(one, CommandRequested)]

    @property
    def answers(self) -> list[bool]:
        return [one.accepted for one in self.outputs if isinstance(one, SigningDecided)]

    @property
    def certificates(self) -> dict[str, IssuedCertificateChanged]:
        """The newest snapshot of each certificate, in the order of their requests."""
        changes = (one for one in self.outputs if isinstance(one, IssuedCertificateChanged))
        return {one.certificate: one for one in changes}

    @property
    def statuses(self) -> list[str]:
        return [one.status for one in self.certificates.values()]
