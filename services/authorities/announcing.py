"""Announcing: an authority elsewhere, as its certificates name it. PURE."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from schemas.authorities import AuthorityAnnounced, AuthorityKind
from schemas.signing import SigningUse
from schemas.x509 import names_of
from services.authorities import chains
from services.authorities.port import kind_of_key


def announced(
    name: str, kind: AuthorityKind, uses: tuple[SigningUse, ...], known: Sequence[x509.Certificate], now: datetime
) -> AuthorityAnnounced:
    """The authority with these certificates: that which ends first of those that sign, and the roots; bare where none is known."""
    issuers = sorted((one for one in known if not chains.is_root(one)), key=lambda one: one.not_valid_after_utc)
    first = next(iter(issuers or known), None)
    if first is None:
        return AuthorityAnnounced(authority=name, kind=kind, uses=uses, announced_at=now)
    roots = [one for one in known if chains.is_root(one)]
    return AuthorityAnnounced(
        authority=name,
        kind=kind,
        uses=uses,
        subject=first.subject.rfc4514_string(),
        issuer=first.issuer.rfc4514_string(),
        serial_number=format(first.serial_number, "x"),
        key=kind_of_key(first),
        valid_from=first.not_valid_before_utc,
        expires_at=first.not_valid_after_utc,
        chain=chains.pem(known),
        roots=tuple(name for root in roots for name in names_of(root)),
        announced_at=now,
    )
