"""Contracts of the test pool: authorities of its own, certificates below them, and keys wrapped for the EV that asks.

ISO 15118-2, 7.9.2.4: P-256, AES-128-CBC with a key by the concatenation KDF of SHA-256. ISO 15118-20, 7.9.2.5: P-521, AES-256-GCM with one
of SHA-512, and the EV's identity and the contract key's identifier as authenticated data.
"""

import datetime as dt
import hashlib
import secrets
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from schemas.emaids import canonical

PARTIES = b"\x01UV"
"""What the KDF mixes in: the algorithm, the sender, the receiver."""

VALID = dt.timedelta(days=365)
PROVIDER = "DEVOL"
"""Country and provider of contracts that the pool makes up."""


class Unfit(Exception):
    """The EV's certificate does not fit; the message says why."""


class Held(NamedTuple):
    """A certificate with its key, and the authorities above it but for the root, the lowest first, in DER."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[bytes, ...] = ()

    @property
    def der(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.DER)


class Contract(NamedTuple):
    """A contract for one EV: `public_key` is the ephemeral one by which the EV unwraps `wrapped_key`."""

    emaid: str
    certificate: bytes
    chain: tuple[bytes, ...]
    public_key: bytes
    wrapped_key: bytes


class Mobility:
    """A mobility operator and the service that signs its messages to EVs, each below a root of its own."""

    def __init__(self, curve: ec.EllipticCurve, now: dt.datetime) -> None:
        self.curve = curve
        self.root, self._issuer = _line("MO", curve, now)
        _, self.provisioning = _line("CPS", curve, now, leaf="CPS")

    @property
    def digest(self) -> hashes.SHA256 | hashes.SHA512:
        """What it signs with."""
        return digest_of(self.curve)

    def contract(self, vehicle: bytes, emaid: str, now: dt.datetime, number: int = 0) -> Contract:
        """A contract for the EV with this provisioning certificate, by this eMAID or one that follows from both. Raises Unfit."""
        try:
            read = x509.load_der_x509_certificate(vehicle)
            key = read.public_key()
        except ValueError as error:
            raise Unfit("the EV's provisioning certificate cannot be read.") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != self.curve.name:
            raise Unfit(f"the EV's provisioning certificate has no key of {self.curve.name}.")
        emaid = canonical(emaid.upper()) if emaid else f"{PROVIDER}C{_digits(vehicle, number)}"
        own = _issued(emaid, self._issuer, self.curve, now)
        public, wrapped = self._wrapped(own, key, _pcid(read))
        return Contract(emaid, own.der, own.chain, public, wrapped)

    def _wrapped(self, own: Held, receiver: ec.EllipticCurvePublicKey, pcid: str) -> tuple[bytes, bytes]:
        ephemeral = ec.generate_private_key(self.curve)
        shared = ephemeral.exchange(ec.ECDH(), receiver)
        secret = own.key.private_numbers().private_value.to_bytes((self.curve.key_size + 7) // 8)
        public = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        if isinstance(self.curve, ec.SECP256R1):
            key = ConcatKDFHash(hashes.SHA256(), 16, PARTIES).derive(shared)
            start = secrets.token_bytes(16)
            cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
            return public, start + cipher.update(secret) + cipher.finalize()
        key = ConcatKDFHash(hashes.SHA512(), 32, PARTIES).derive(shared)
        start = secrets.token_bytes(12)
        identifier = x509.SubjectKeyIdentifier.from_public_key(own.key.public_key()).digest.hex().upper()
        return public, start + AESGCM(key).encrypt(start, secret, (pcid + identifier).encode())  # [V2G20-2492]


def mobility_2(now: dt.datetime) -> Mobility:
    """Whoever gives contracts to EVs of ISO 15118-2."""
    return Mobility(ec.SECP256R1(), now)


def mobility_20(now: dt.datetime) -> Mobility:
    """Whoever gives contracts to EVs of ISO 15118-20."""
    return Mobility(ec.SECP521R1(), now)


def digest_of(curve: ec.EllipticCurve) -> hashes.SHA256 | hashes.SHA512:
    """The digest that goes with a curve."""
    return hashes.SHA256() if curve.key_size <= 256 else hashes.SHA512()


def _line(name: str, curve: ec.EllipticCurve, now: dt.datetime, leaf: str = "") -> tuple[Held, Held]:
    """A root, and the lowest of two authorities below it; or what that authority issued to `leaf`."""
    root = _issued(f"Test {name} root", None, curve, now, depth=2)
    upper = _issued(f"Test {name} 1", root, curve, now, depth=1)
    lower = _issued(f"Test {name} 2", upper, curve, now, depth=0)
    return root, _issued(leaf, lower, curve, now) if leaf else lower


def _issued(
    name: str, issuer: Held | None, curve: ec.EllipticCurve, now: dt.datetime, depth: int | None = None
) -> Held:
    """A certificate below an issuer (None: a root); of an authority with a `depth`. In -2 one has 800 bytes at most, so it says little."""
    key = ec.generate_private_key(curve)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(issuer.certificate.subject if issuer else subject)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + VALID)
    builder = builder.add_extension(x509.BasicConstraints(ca=depth is not None, path_length=depth), critical=True)
    builder = builder.add_extension(_usage(is_authority=depth is not None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    certificate = builder.sign(issuer.key if issuer else key, digest_of(curve))
    above = (issuer.der, *issuer.chain) if issuer and issuer.certificate.subject != issuer.certificate.issuer else ()
    return Held(certificate, key, above)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pcid(vehicle: x509.Certificate) -> str:
    names = vehicle.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return "".join(each for each in str(names[0].value).upper() if each.isalnum()) if names else ""


def _digits(vehicle: bytes, number: int) -> str:
    return hashlib.sha256(vehicle + bytes([number])).hexdigest()[:8].upper()
