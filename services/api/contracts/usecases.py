"""Use cases of contracts: which roots they count below. Routes and pages call them."""

from schemas.base import Record
from schemas.contracts import REF_CONTRACT_ROOTS, ContractRootRemoved, ContractRootTrusted, read_root
from schemas.x509 import BadCertificate
from services.api.contracts.rows import TrustRoot
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.problems import Problem, invalid, not_found

ROOTS_MOST = 200
"""Each chain is compared with all of them."""


def roots(ports: Ports) -> tuple[ContractRootTrusted, ...]:
    """Every root below which contracts count, by name."""
    found = (one for one in ports.reference.all(REF_CONTRACT_ROOTS).values() if isinstance(one, ContractRootTrusted))
    return tuple(sorted(found, key=lambda one: (one.use, one.subject, one.root)))


def known_root(ports: Ports, root: str) -> ContractRootTrusted:
    """A root. Raises Problem: 404."""
    found = ports.reference.get(REF_CONTRACT_ROOTS, root.lower())
    if not isinstance(found, ContractRootTrusted):
        raise not_found(f"No root of contracts is trusted as {root!r}.")
    return found


async def trust(ports: Ports, data: TrustRoot) -> ContractRootTrusted:
    """Have contracts below a root count. Raises Problem: 409 for too many; 422 for what is no authority, or has expired; Outage."""
    try:
        read = read_root(data.certificate)
    except BadCertificate as error:
        raise invalid("certificate", str(error)) from error
    if read.expires_at <= ports.clock():
        raise invalid("certificate", f"has expired on {read.expires_at.isoformat()}")

    async def made(before: Record | None) -> ContractRootTrusted:
        if not isinstance(before, ContractRootTrusted) and len(roots(ports)) >= ROOTS_MOST:
            raise Problem(409, f"{ROOTS_MOST} roots of contracts are trusted already: remove some.")
        return ContractRootTrusted(
            root=read.fingerprint,
            use=data.use,
            certificate=data.certificate.strip(),
            subject=read.subject,
            issuer=read.issuer,
            serial_number=read.serial_number,
            valid_from=read.valid_from,
            expires_at=read.expires_at,
            note=data.note.strip(),
            trusted_at=ports.clock(),
            trusted_by=ports.principal.name,
        )

    return await changed(ports, REF_CONTRACT_ROOTS, read.fingerprint, made)


async def remove(ports: Ports, root: str, *, given: Condition = WHATEVER) -> None:
    """Have contracts below a root count no longer. Raises Problem: 404, 412; Outage."""
    key = known_root(ports, root).root

    async def made(before: Record | None) -> ContractRootRemoved:
        if not isinstance(before, ContractRootTrusted):
            raise not_found(f"No root of contracts is trusted as {root!r}.")
        return ContractRootRemoved(root=key, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_CONTRACT_ROOTS, key, made, given=given)
