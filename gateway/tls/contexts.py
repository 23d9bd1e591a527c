"""Contexts: what TLS handshakes are made with, read from files: server certificates, authorities, revocation lists."""

import ssl
from collections.abc import Iterable
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from gateway.tls.certificates import alternative_names
from gateway.tls.revocations import BadList, Revoked, revoked_by
from gateway.tls.settings import Files

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
STRENGTH = "@SECLEVEL=2"
"""OpenSSL's level of 112 bits: RSA keys of 2,048 bits and EC keys of 224 at least, no SHA-1 (A00.FR.501 to 504, 320)."""


NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME, which Python does not name: the times of a chain are then checked in `gateway.profiles`."""


class BadFile(Exception):
    """A file of TLS cannot be used; the message names it and says why."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A server certificate. `kind`: of its key. `names`: those it is valid for. `expires`: in seconds since 1970."""

    certificate: str
    key: str
    kind: str
    names: frozenset[str]
    expires: float


class Contexts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the files gave. `mutual`: with client certificates; None without authorities for them."""

    server: ssl.SSLContext
    mutual: ssl.SSLContext | None
    pairs: tuple[Pair, ...]
    revoked: Revoked


def load(files: Files) -> Contexts:
    """Read the files. Raises BadFile."""
    password = _first_line(files.password_file)
    pairs = tuple(_pair(certificate, key) for certificate, key in files.pairs)
    authorities = _certificates(files.client_ca) if files.client_ca else ()
    return Contexts(
        server=_by_name(files, pairs, password, mutual=False),
        mutual=_by_name(files, pairs, password, mutual=True) if files.client_ca else None,
        pairs=pairs,
        revoked=_revoked(files.crls, authorities),
    )


def names_match(name: str, patterns: Iterable[str]) -> bool:
    """Whether a server name is one of these, which may begin with `*.` for one label."""
    name = name.lower().rstrip(".")
    wild = "*." + name.partition(".")[2]
    return any(pattern in (name, wild) for pattern in patterns)


def _by_name(files: Files, pairs: tuple[Pair, ...], password: bytes, *, mutual: bool) -> ssl.SSLContext:
    """A context for the first certificate's names, which changes to another for a server name that only others have."""
    first = _context(files, pairs, password, mutual=mutual)
    others: dict[tuple[Pair, ...], ssl.SSLContext] = {}

    def choose(handshake: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context_now: ssl.SSLContext) -> None:
        if name is None:
            return
        for chosen, context in others.items():
            if names_match(name, (each for pair in chosen for each in pair.names)):
                handshake.context = context
                return

    for pair in pairs:
        same = tuple(each for each in pairs if each.names == pair.names)
        if same != pairs and same not in others:
            others[same] = _context(files, same, password, mutual=mutual)
    if others:
        first.sni_callback = choose
    return first


def _context(files: Files, pairs: tuple[Pair, ...], password: bytes, *, mutual: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[files.minimum]
    # A00.FR.321: no compression. No tickets: a station that comes with one would not be verified again.
    context.options |= (
        ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET | ssl.OP_CIPHER_SERVER_PREFERENCE
    )
    context.num_tickets = 0
    try:
        context.set_ciphers(f"{files.ciphers}:{STRENGTH}")
    except ssl.SSLError as error:
        raise BadFile(f"tls_ciphers: OpenSSL knows none of {files.ciphers!r}.") from error
    kinds: set[str] = set()
    for pair in pairs:
        if pair.kind in kinds:
            continue  # one of each kind of key
        kinds.add(pair.kind)
        try:
            context.load_cert_chain(pair.certificate, pair.key, lambda: password)
        except (ssl.SSLError, OSError) as error:
            raise BadFile(f"{pair.certificate} with the key {pair.key} cannot be used: {_words(error)}.") from error
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        if files.expired:
            context.verify_flags |= NO_CHECK_TIME
        try:
            context.load_verify_locations(files.client_ca)
        except (ssl.SSLError, OSError) as error:
            raise BadFile(f"{files.client_ca} cannot be used: {_words(error)}.") from error
    return context


def _pair(certificate: str, key: str) -> Pair:
    own = _certificates(certificate)[0]
    public = own.public_key()
    kind = (
        "rsa"
        if isinstance(public, rsa.RSAPublicKey)
        else "ec"
        if isinstance(public, ec.EllipticCurvePublicKey)
        else "other"
    )
    return Pair(
        certificate=certificate,
        key=key,
        kind=kind,
        names=_names(own),
        expires=own.not_valid_after_utc.timestamp(),
    )


def _names(certificate: x509.Certificate) -> frozenset[str]:
    names = {str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}
    alternatives = alternative_names(certificate)
    if alternatives is not None:
        names.update(alternatives.get_values_for_type(x509.DNSName))
    return frozenset(name.lower() for name in names)


def _certificates(path: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(_bytes(path)))
    except ValueError as error:
        raise BadFile(f"{path} has no PEM certificate that can be read.") from error


def _revoked(paths: tuple[str, ...], authorities: tuple[x509.Certificate, ...]) -> Revoked:
    revoked: Revoked = frozenset()
    for path in paths:
        try:
            revoked |= revoked_by(_bytes(path), authorities)
        except BadList as error:
            raise BadFile(f"{path}: {error}") from error
    return revoked


def _first_line(path: str) -> bytes:
    return _bytes(path).partition(b"\n")[0].strip() if path else b""


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {_words(error)}.") from error


def _words(error: OSError) -> str:
    return str(getattr(error, "reason", None) or error.strerror or error)
