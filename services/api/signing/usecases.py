"""Use cases of signing: have a certificate renewed, find and revoke certificates, name the authorities. Routes and pages call them."""

from http import HTTPStatus

from schemas.authorities import AUTHORITIES, REVOCATION_LISTS, AuthorityAnnounced, RevocationListMade
from schemas.base import Record
from schemas.revocations import REF_REVOCATIONS, CertificateRevoked
from schemas.signing import TRIGGERS
from schemas.x509 import BadCertificate, Certificate, read_pem
from services.api.commands.bodies import SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.ports import Ports
from services.api.signing.rows import (
    Authority,
    IssuedCertificate,
    Renew,
    Revocation,
    Revoke,
    RevokeAny,
    authority_of,
    revocation_of,
)
from services.api.web.changing import changed
from services.api.web.problems import Problem, invalid, not_found


async def renew(ports: Ports, station: str, data: Renew, *, key: str | None = None) -> CommandView:
    """Have a station make a new key and ask for its certificate (A02). Raises Problem as `commands.ask` does; Outage."""
    arguments = {"requested_message": TRIGGERS[data.use]}
    if data.evse is not None:
        arguments |= {"evse": data.evse}  # type: ignore[dict-item]
    travel = {name: getattr(data, name) for name in ("ttl_s", "wait_s", "timeout_s", "priority", "when_offline")}
    return await ask(ports, station, SendCommand(command="TriggerMessage", arguments=arguments, **travel), key=key)


async def known_issued(ports: Ports, certificate: str) -> IssuedCertificate:
    """A certificate that a station asked for, as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.issued_certificate(certificate)
    if found is None:
        raise not_found(f"No station asked for a certificate {certificate!r}.")
    return found


async def revoke(ports: Ports, certificate: str, data: Revoke) -> Revocation:
    """Have a certificate count no longer, for good. Raises Problem: 404; 409 where there is no certificate yet; Outage."""
    found = await known_issued(ports, certificate)
    if not found.fingerprint or found.expires_at is None:
        raise Problem(HTTPStatus.CONFLICT, f"There is no certificate to revoke: the request is {found.status}.")
    read = Certificate(
        subject=found.subject,
        issuer=found.issuer,
        serial_number=found.serial_number,
        valid_from=found.valid_from or found.asked_at,
        expires_at=found.expires_at,
        fingerprint=found.fingerprint,
    )
    return await _revoked(
        ports, read, RevokeAny(certificate=" ", station=found.station, reason=data.reason, note=data.note)
    )


async def revoke_any(ports: Ports, data: RevokeAny) -> Revocation:
    """Have any certificate count no longer, for good. Raises Problem: 422 for a text that is none; Outage."""
    try:
        read = read_pem(data.certificate)
    except BadCertificate as error:
        raise invalid("certificate", str(error)) from error
    return await _revoked(ports, read, data)


async def _revoked(ports: Ports, read: Certificate, data: RevokeAny) -> Revocation:
    """A certificate that is revoked already stays so as it was."""

    async def made(before: Record | None) -> CertificateRevoked | None:
        if isinstance(before, CertificateRevoked):
            return None
        return CertificateRevoked(
            fingerprint=read.fingerprint,
            serial_number=read.serial_number,
            issuer=read.issuer,
            station=data.station.strip(),
            reason=data.reason,
            note=data.note.strip(),
            expires_at=read.expires_at,
            revoked_at=ports.clock(),
            revoked_by=ports.principal.name,
        )

    return revocation_of(await changed(ports, REF_REVOCATIONS, read.fingerprint, made))


def revocations(ports: Ports) -> tuple[Revocation, ...]:
    """Every revoked certificate, the latest first."""
    records = (one for one in ports.reference.all(REF_REVOCATIONS).values() if isinstance(one, CertificateRevoked))
    return tuple(revocation_of(one) for one in sorted(records, key=lambda one: one.revoked_at, reverse=True))


def authorities(ports: Ports) -> tuple[Authority, ...]:
    """Every authority, by name."""
    records = ports.reference.all(AUTHORITIES)
    return tuple(
        authority_of(one, list_of(ports, name))
        for name, one in sorted(records.items())
        if isinstance(one, AuthorityAnnounced)
    )


def announced(ports: Ports, authority: str) -> AuthorityAnnounced:
    """An authority. Raises Problem: 404."""
    found = ports.reference.get(AUTHORITIES, authority)
    if not isinstance(found, AuthorityAnnounced):
        raise not_found(f"There is no certificate authority {authority!r}.")
    return found


def list_of(ports: Ports, authority: str) -> RevocationListMade | None:
    """The newest list of revoked certificates of an authority; None where it has none."""
    found = ports.reference.get(REVOCATION_LISTS, authority)
    return found if isinstance(found, RevocationListMade) else None
