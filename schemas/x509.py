"""X.509: what of a certificate people need, read from its PEM text, and how OCPP names it (2.x part 2, CertificateHashDataType). PURE."""

import hashlib
from collections.abc import Mapping

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from schemas.base import Timestamp

ALGORITHMS: Mapping[str, str] = {"SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
"""OCPP's words for hash algorithms, and those of `hashlib`."""


class HashData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How OCPP names a certificate: hashes of its issuer's name and key, and its serial number, all in hexadecimal."""

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    @property
    def plain(self) -> "HashData":
        """The same for every way of writing it: without case and leading zeros."""
        return HashData(
            hash_algorithm=self.hash_algorithm.upper(),
            issuer_name_hash=self.issuer_name_hash.casefold(),
            issuer_key_hash=self.issuer_key_hash.casefold(),
            serial_number=self.serial_number.casefold().lstrip("0"),
        )

    def is_that(self, listed: "HashData") -> bool:
        """Whether a station that lists `listed` means the certificate of this name; an unknown hash of the key fits every one."""
        mine, theirs = self.plain, listed.plain
        if not mine.issuer_key_hash:
            mine = msgspec.structs.replace(mine, issuer_key_hash=theirs.issuer_key_hash)
        return mine == theirs


class Certificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a certificate says: names as RFC 4514 writes them, its serial number in hexadecimal, the SHA-256 of its bytes.

    `names` are its hash data by algorithm. Without a hash of the issuer's key, unless it is its own issuer, as a root is: it is not in it.
    """

    subject: str
    issuer: str
    serial_number: str
    valid_from: Timestamp
    expires_at: Timestamp
    fingerprint: str
    names: tuple[HashData, ...] = ()


NO_CERTIFICATE = (
    "is no X.509 certificate in PEM: give the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----,"
    " unchanged"
)


class BadCertificate(Exception):
    """A text is no certificate; the message says why."""


def read_pem(text: str) -> Certificate:
    """The first certificate of a PEM text. Raises BadCertificate."""
    try:
        found = x509.load_pem_x509_certificate(text.encode())
        return Certificate(
            subject=found.subject.rfc4514_string(),
            issuer=found.issuer.rfc4514_string(),
            serial_number=format(found.serial_number, "x"),
            valid_from=found.not_valid_before_utc,
            expires_at=found.not_valid_after_utc,
            fingerprint=found.fingerprint(SHA256()).hex(),
            names=names_of(found),
        )
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType, x509.InvalidVersion) as error:
        raise BadCertificate(NO_CERTIFICATE) from error


def issued_by(issuer: x509.Certificate, name: HashData) -> bool:
    """Whether hash data is that of a certificate which this one issued."""
    asked = name.plain
    if asked.hash_algorithm not in ALGORITHMS:
        return False
    own = named_by(issuer, 0, asked.hash_algorithm)
    return (own.issuer_name_hash, own.issuer_key_hash) == (asked.issuer_name_hash, asked.issuer_key_hash)


def named_by(issuer: x509.Certificate, serial_number: int, algorithm: str = "SHA256") -> HashData:
    """How OCPP names the certificate of this issuer with that serial number."""
    key = key_bits(issuer)
    return HashData(
        hash_algorithm=algorithm,
        issuer_name_hash=hashlib.new(ALGORITHMS[algorithm], issuer.subject.public_bytes()).hexdigest(),
        issuer_key_hash=hashlib.new(ALGORITHMS[algorithm], key).hexdigest(),
        serial_number=format(serial_number, "x"),
    )


def names_of(found: x509.Certificate) -> tuple[HashData, ...]:
    """How OCPP names a certificate, by each algorithm; without the hash of its issuer's key, unless it is its own issuer."""
    name, key = found.issuer.public_bytes(), b""
    if found.subject == found.issuer:
        key = key_bits(found)
    return tuple(
        HashData(
            hash_algorithm=word,
            issuer_name_hash=hashlib.new(algorithm, name).hexdigest(),
            issuer_key_hash=hashlib.new(algorithm, key).hexdigest() if key else "",
            serial_number=format(found.serial_number, "x"),
        )
        for word, algorithm in ALGORITHMS.items()
    )


def key_bits(certificate: x509.Certificate) -> bytes:
    """The bits of the key within its SubjectPublicKeyInfo (RFC 5280, 4.1): what OCSP hashes, without tag, length and unused bits."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    _, at, _ = _element(info, 0)  # SEQUENCE
    _, _, end_of_algorithm = _element(info, at)
    _, start, end = _element(info, end_of_algorithm)  # BIT STRING
    return info[start + 1 : end]


def _element(der: bytes, at: int) -> tuple[int, int, int]:
    """The tag of a DER element, where its content begins, and where it ends."""
    tag, length = der[at], der[at + 1]
    start = at + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(der[start : start + count])
        start += count
    return tag, start, start + length
