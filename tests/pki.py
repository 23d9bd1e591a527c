"""A public key infrastructure for tests: authorities, certificates with EC keys (quick) or RSA keys, revocation lists, as files."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_numbers = itertools.count(0x1000)


def new_key(kind: str = "ec") -> Key:
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65_537, 2_048)


def subject_of(name: str, organization: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organization:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


@dataclass(frozen=True)
class Issued:
    """A certificate, its key and its chain, in one file."""

    certificate: x509.Certificate
    key: Key
    path: Path

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass
class Authority:
    """A certificate authority; `parent` signed it. `path`: its certificate."""

    folder: Path
    name: str
    key: Key
    certificate: x509.Certificate
    parent: "Authority | None" = None
    revoked: dict[int, dt.datetime] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        path = self.folder / f"{self.name}.pem"
        if not path.exists():
            path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def issue(
        self,
        name: str,
        *,
        organization: str = "CPO",
        alternatives: tuple[str, ...] = (),
        kind: str = "ec",
        key: Key | None = None,
        begins: dt.datetime = NOW - DAY,
        ends: dt.datetime = NOW + 30 * DAY,
        ocsp: str = "",
        crl: str = "",
        responder: bool = False,
        password: bytes = b"",
        to: Path | None = None,
    ) -> Issued:
        key = key or new_key(kind)
        builder = _builder(subject_of(name, organization), self.certificate.subject, key, begins, ends)
        if alternatives:
            names = [x509.DNSName(each) for each in alternatives]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if ocsp:
            where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp))
            builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
        if crl:
            names = [x509.UniformResourceIdentifier(crl)]
            point = x509.DistributionPoint(full_name=names, relative_name=None, reasons=None, crl_issuer=None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        if responder:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
            builder = builder.add_extension(usage, critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        path = to or self.folder / f"{name.replace('*', '_')}-{certificate.serial_number:x}.pem"
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        chain = [certificate] + ([self.certificate] if self.parent is not None else [])
        path.write_bytes(
            b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
            + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        )
        return Issued(certificate, key, path)

    def intermediate(self, name: str) -> "Authority":
        return _authority(self.folder, name, self)

    def crl(self, *revoked: x509.Certificate, to: Path | None = None) -> Path:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(NOW - DAY).next_update(NOW + 30 * DAY)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(NOW - DAY)
            builder = builder.add_revoked_certificate(entry.build())
        path = to or self.folder / f"{self.name}.crl"
        path.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return path


def authority(folder: Path, name: str) -> Authority:
    """A root of its own."""
    return _authority(folder, name, None)


def _authority(folder: Path, name: str, parent: Authority | None) -> Authority:
    key = new_key()
    subject = subject_of(name, "Authorities")
    issuer = subject if parent is None else parent.certificate.subject
    builder = _builder(subject, issuer, key, NOW - 10 * DAY, NOW + 3_650 * DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key if parent is None else parent.key, hashes.SHA256())
    return Authority(folder, name, key, certificate, parent)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, begins: dt.datetime, ends: dt.datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return builder.serial_number(next(_numbers)).not_valid_before(begins).not_valid_after(ends)


EMAID = "DE-8AA-C12345678-D"
"""A contract, with its check digit."""


@dataclass
class Contracts:
    """The authorities of a mobility operator: a root, two below it, the lower of which issues contracts (ISO 15118-2, annex E)."""

    root: Authority
    upper: Authority
    lower: Authority

    def issue(self, emaid: str = EMAID, **options: Any) -> Issued:
        return self.lower.issue(emaid, organization="MO", **options)

    def chain(self, contract: Issued) -> str:
        """As an EV presents it: without the root."""
        return contract.pem + pem_of(self.lower) + pem_of(self.upper)


def pem_of(authority: Authority) -> str:
    return authority.certificate.public_bytes(serialization.Encoding.PEM).decode()


def contracts(folder: Path, name: str = "MO") -> Contracts:
    root = authority(folder, f"{name} root")
    upper = root.intermediate(f"{name} authority 1")
    return Contracts(root, upper, upper.intermediate(f"{name} authority 2"))
