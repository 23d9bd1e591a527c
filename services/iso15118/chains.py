"""Chains: whether a contract certificate is one of a trusted root, and of the eMAID that the EV names (2.x part 2, C07). PURE.

Decision: `cryptography` reads certificates and checks their signatures, names and keys; the path to a root is looked for here. The
library's own verifier is made for web servers and their clients: it wants alternative names and extended key usages that contract
certificates do not have (ISO 15118-2, annex F), and it does not say which of its rules was broken, which OCPP wants to know.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID

from schemas.authorization import CertificateVerdict

LONGEST_CHAIN = 16_384
"""Characters. A message has 10,000 at most (2.1 AuthorizeRequest); leniently read ones may have more."""

MOST_CERTIFICATES = 8
"""ISO 15118 has three: the contract's own, and two authorities below the root."""

MOST_CHECKS = 32
"""Signatures that are checked for one chain: certificates of one name could otherwise be combined in many ways."""

RSA_BITS, EC_BITS = (2_048, 8_192), 224
"""The least, and of RSA the most: a larger key has us compute for long."""
WEAK: tuple[type[hashes.HashAlgorithm], ...] = (hashes.MD5, hashes.SHA1)
KNOWN: tuple[type[x509.ExtensionType], ...] = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.SubjectAlternativeName,
    x509.CertificatePolicies,
)
"""Extensions that may be critical; a certificate with another one cannot be judged here (RFC 5280, 4.2)."""

UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for certificates that it cannot read."""


IsItsName = Callable[[str], bool]
"""Whether a common name is the eMAID that came with the certificate."""


class Link(NamedTuple):
    """A certificate of the path, and the one that issued it."""

    certificate: x509.Certificate
    issuer: x509.Certificate


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a chain says before anybody is asked whether it was revoked. `detail` is a sentence; empty where all is well.

    `links` is the path: the contract certificate first, the one below the root last. `expires_at`: until when all of it is valid.
    """

    status: CertificateVerdict
    detail: str = ""
    links: tuple[Link, ...] = ()
    expires_at: dt.datetime | None = None


class _Bad(Exception):
    """The chain does not count; the message says why."""

    def __init__(self, detail: str, status: CertificateVerdict = "CertChainError") -> None:
        super().__init__(detail)
        self.status: CertificateVerdict = status


def judge(chain: str, is_its_name: IsItsName, roots: Sequence[x509.Certificate], now: dt.datetime) -> Judged:
    """Judge the PEM text of a contract's chain: the contract certificate first, its authorities in any order, with or without the root.

    What it says of the contract certificate does not name its owner.
    """
    try:
        leaf, *others = _read(chain)
        _usable(leaf, "The contract certificate")
        links = _path(leaf, others, roots, now)
        _kept(links, now)
        _of(leaf, is_its_name)
    except _Bad as bad:
        return Judged(status=bad.status, detail=str(bad))
    ends = min(each.not_valid_after_utc for each in (leaf, *(link.issuer for link in links)))
    return Judged(status="Accepted", links=links, expires_at=ends)


def _read(chain: str) -> list[x509.Certificate]:
    if len(chain) > LONGEST_CHAIN:
        raise _Bad(f"The chain has {len(chain)} characters, and {LONGEST_CHAIN} are read at most.")
    if chain.count("BEGIN CERTIFICATE") > MOST_CERTIFICATES:
        raise _Bad(f"The chain has more than {MOST_CERTIFICATES} certificates.")
    try:
        found = x509.load_pem_x509_certificates(chain.encode())
        for each in found:  # parts are read when they are asked for: all of those that are
            _ = each.subject.rfc4514_string(), each.issuer, each.extensions, each.public_key()
            _ = each.not_valid_before_utc, each.not_valid_after_utc, each.signature_hash_algorithm
    except UNREADABLE as error:
        raise _Bad(
            "The chain is not a text of X.509 certificates in PEM, or they have parts that are not known here."
        ) from error
    if not found:
        raise _Bad("The chain has no certificate.")
    return found


# -- the path ---------------------------------------------------------------------------------------------------------


class _Search:
    """Looks for the path from a certificate to a root. `forged`: an issuer of the right name had not signed it."""

    def __init__(self, others: Iterable[x509.Certificate], roots: Sequence[x509.Certificate], now: dt.datetime) -> None:
        anchors = {_print(root) for root in roots}
        own = {_print(each): each for each in others if _print(each) not in anchors}
        self._roots = sorted(roots, key=lambda root: root.not_valid_after_utc <= now)
        self._others = sorted(own.values(), key=lambda each: each.not_valid_after_utc <= now)
        self._left = MOST_CHECKS
        self.forged = ""
        self.unknown = ""

    def up(self, certificate: x509.Certificate, used: tuple[bytes, ...] = ()) -> tuple[Link, ...] | None:
        """The links from here to a root, valid ones preferred; None where there is no path."""
        if _print(certificate) in used:
            return None
        for root in self._issuers(certificate, self._roots):
            return (Link(certificate, root),)
        for issuer in self._issuers(certificate, self._others):
            above = self.up(issuer, (*used, _print(certificate)))
            if above is not None:
                return (Link(certificate, issuer), *above)
        return None

    def _issuers(self, certificate: x509.Certificate, among: Iterable[x509.Certificate]) -> Iterator[x509.Certificate]:
        named = [each for each in among if each.subject == certificate.issuer and each != certificate]
        if not named and not self.unknown:
            self.unknown = certificate.issuer.rfc4514_string()
        for issuer in named:
            self._left -= 1
            if self._left < 0:
                return
            if _is_authority(issuer) and _strong(issuer.public_key()) and self._signed(certificate, issuer):
                yield issuer

    def _signed(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        try:
            certificate.verify_directly_issued_by(issuer)
        except InvalidSignature:
            if _names_key_of(certificate, issuer):
                self.forged = called(certificate)
            return False
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return False
        return True


def _path(
    leaf: x509.Certificate, others: list[x509.Certificate], roots: Sequence[x509.Certificate], now: dt.datetime
) -> tuple[Link, ...]:
    search = _Search(others, roots, now)
    links = search.up(leaf)
    if links is not None:
        for depth, link in enumerate(links):
            _usable(link.issuer, "An authority of the chain")
            _short_enough(link.issuer, depth)
        return links
    if search.forged:
        raise _Bad(f"The signature of {search.forged} is not that of its issuer.", "SignatureError")
    raise _Bad(
        f"No trusted root stands above the contract certificate: no certificate of {search.unknown} is in the chain or"
        " among the roots."
        if search.unknown
        else "No trusted root stands above the contract certificate."
    )


def _names_key_of(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a certificate means the key of this issuer: it names the key by its identifier, or names none."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return True
    return named is None or named == own


def _is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may issue certificates (RFC 5280, 6.1.4 k and n)."""
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except x509.ExtensionNotFound:
        return False
    usage = _usage(certificate)
    return usage is None or usage.key_cert_sign


def _short_enough(issuer: x509.Certificate, authorities_below: int) -> None:
    most = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    if most is not None and authorities_below > most:
        raise _Bad(
            f"{issuer.subject.rfc4514_string()} allows {most} authorities below it, and here are {authorities_below}."
        )


def _print(certificate: x509.Certificate) -> bytes:
    return certificate.fingerprint(hashes.SHA256())


# -- single certificates ----------------------------------------------------------------------------------------------


def _usable(certificate: x509.Certificate, what: str) -> None:
    """Check the key, the signature's algorithm and the extensions of a certificate."""
    key, digest, usage = certificate.public_key(), certificate.signature_hash_algorithm, _usage(certificate)
    unknown = [each for each in certificate.extensions if each.critical and not isinstance(each.value, KNOWN)]
    if unknown:
        raise _Bad(f"{what} has the critical extension {unknown[0].oid.dotted_string}, which is not known here.")
    if isinstance(digest, WEAK) or not _strong(key):
        raise _Bad(f"{what} has a key or signature that is too weak, or of a kind that contracts do not have.")
    if what.startswith("The contract"):
        if _is_authority(certificate):
            raise _Bad(f"{what} is that of an authority.")
        if usage is not None and not usage.digital_signature:
            raise _Bad(f"{what} is not for signatures (key usage).")


def _strong(key: object) -> bool:
    match key:
        case rsa.RSAPublicKey():
            least, most = RSA_BITS
            return least <= key.key_size <= most
        case ec.EllipticCurvePublicKey():
            return key.curve.key_size >= EC_BITS
    return isinstance(key, ed448.Ed448PublicKey | ed25519.Ed25519PublicKey)


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _kept(links: Sequence[Link], now: dt.datetime) -> None:
    """Check that all certificates are valid now (C07.FR.15)."""
    for each in (*(link.certificate for link in links), links[-1].issuer):
        name = called(each).capitalize() if each is links[0].certificate else called(each)
        if each.not_valid_after_utc < now:
            raise _Bad(f"{name} has expired on {each.not_valid_after_utc.isoformat()}.", "CertificateExpired")
        if each.not_valid_before_utc > now:
            raise _Bad(f"{name} is not valid before {each.not_valid_before_utc.isoformat()}.")


def _of(leaf: x509.Certificate, is_its_name: IsItsName) -> None:
    """Check that the common name is the eMAID that the EV names (ISO 15118-2, annex F)."""
    names = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if len(names) != 1 or not is_its_name(names[0]):
        raise _Bad("The contract certificate is of another eMAID than the one that came with it.")


def called(certificate: x509.Certificate) -> str:
    """What a certificate is called for people: an authority by its name, a contract's without its owner's."""
    return certificate.subject.rfc4514_string() if _is_authority(certificate) else "the contract certificate"
