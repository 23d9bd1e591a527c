"""Revocation: of which certificates of a contract responders and lists are asked, and what follows from all that was found out. PURE.

C07.FR.05: the chain is verified by OCSP. Where the chain itself is not there, its station has verified it, and named what a responder is to
be asked about each certificate.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID

from schemas.authorization import CertificateHash, ContractVerdict
from schemas.iso15118 import StatusCheck, StatusFound
from schemas.x509 import ALGORITHMS, HashData, named_by
from services.iso15118.chains import Judged, Link, called
from services.iso15118.statuses import Issuers

MOST_HASHES = 4
"""2.x AuthorizeRequest: iso15118CertificateHashData."""

MOST_ADDRESSES = 3
"""Of each kind and certificate: whoever makes a certificate could name thousands."""

Unconfirmed = Literal["reject", "accept"]
"""What a contract is worth of which nobody says whether it is revoked: the setting `contract_unconfirmed`."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate of which has to be known whether it is revoked. `what` names it for people.

    `checks` are what is asked, in this order, until one says something. `fingerprint` is empty where only hashes of it are known.
    `must`: it counts only if somebody says that it is good. An authority whose issuer names nobody to ask need not.
    """

    what: str
    name: HashData
    checks: tuple[StatusCheck, ...]
    issuers: Issuers
    fingerprint: str = ""
    must: bool = True


def of_chain(links: Sequence[Link], hashes: Sequence[CertificateHash]) -> tuple[Wanted, ...]:
    """What is asked about the certificates of a path. A responder that the station names is asked after those of the certificate."""
    return tuple(_of_link(link, hashes, leaf=place == 0) for place, link in enumerate(links))


def of_hashes(hashes: Sequence[CertificateHash], issuers: Sequence[x509.Certificate]) -> tuple[Wanted, ...]:
    """What is asked about certificates of which the station gave hashes. Their issuers are those that the hashes name."""
    known = Issuers(issuers, named=True)
    return tuple(
        Wanted(
            what=f"the certificate with the serial number {each.serial_number}",
            name=hash_data(each),
            checks=_checks(hash_data(each), "OCSP", [each.responder_url]),
            issuers=known,
        )
        for each in hashes[:MOST_HASHES]
    )


def _of_link(link: Link, hashes: Sequence[CertificateHash], *, leaf: bool) -> Wanted:
    certificate, issuer = link
    name = named_by(issuer, certificate.serial_number)
    told = [each.responder_url for each in hashes if hash_data(each).plain == _in(each.hash_algorithm, link)]
    checks = (
        *_checks(name, "OCSP", [*_responders(certificate), *told]),
        *_checks(name, "CRL", _lists(certificate)),
    )
    return Wanted(
        what=called(certificate),
        name=name,
        checks=checks,
        issuers=Issuers((issuer,)),
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        must=leaf or bool(checks),
    )


def _in(algorithm: str, link: Link) -> HashData | None:
    """The name of a certificate by the algorithm that a station uses."""
    word = algorithm.upper()
    return named_by(link.issuer, link.certificate.serial_number, word).plain if word in ALGORITHMS else None


def hash_data(each: CertificateHash) -> HashData:
    """The same as responders are asked about it."""
    return HashData(
        hash_algorithm=each.hash_algorithm,
        issuer_name_hash=each.issuer_name_hash,
        issuer_key_hash=each.issuer_key_hash,
        serial_number=each.serial_number,
    )


def _checks(name: HashData, source: Literal["OCSP", "CRL"], urls: Iterable[str]) -> tuple[StatusCheck, ...]:
    usable = tuple(dict.fromkeys(url for url in urls if url.lower().startswith(("http://", "https://"))))
    return (StatusCheck(source=source, urls=usable[:MOST_ADDRESSES], name=name),) if usable else ()


def _responders(certificate: x509.Certificate) -> Iterator[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return
    for each in access:
        if each.access_method == AuthorityInformationAccessOID.OCSP:
            yield from _uris([each.access_location])


def _lists(certificate: x509.Certificate) -> Iterator[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return
    for point in points:
        yield from _uris(point.full_name or ())


def _uris(names: Iterable[x509.GeneralName]) -> Iterator[str]:
    return (one.value for one in names if isinstance(one, x509.UniformResourceIdentifier))


def verdict(
    judged: Judged | None, found: Iterable[tuple[Wanted, StatusFound | None]], *, unconfirmed: Unconfirmed
) -> ContractVerdict:
    """What is said of a contract certificate. `judged`: of its chain, which counts so far; None: only hashes are known.

    `found`: what was found out about each certificate; None: nothing.
    """
    expires_at = judged.expires_at if judged is not None else None
    open_questions = []
    for wanted, status in found:
        word = status.status if status is not None else "Failed"
        if word == "Revoked":
            return ContractVerdict(status="CertificateRevoked", detail=f"Revoked: {wanted.what}.")
        if word != "Good" and wanted.must:
            open_questions.append(_open(wanted, status))
    if not open_questions:
        return ContractVerdict(status="Accepted", expires_at=expires_at)
    if unconfirmed == "accept":
        return ContractVerdict(status="Accepted", detail=open_questions[0], expires_at=expires_at)
    return ContractVerdict(status="CertChainError", detail=open_questions[0])


def _open(wanted: Wanted, status: StatusFound | None) -> str:
    if not wanted.checks:
        return f"Nobody can be asked whether this is revoked: {wanted.what}."
    why = status.detail if status is not None else "no answer in time"
    return f"Nobody says whether this is revoked: {wanted.what}{f' ({why})' if why else ''}."
