"""Use cases of the audit log: export it, and see whether it is whole. Routes and pages call them."""

from collections import defaultdict
from collections.abc import AsyncIterator
from http import HTTPStatus

import msgspec

from schemas.audit import AuditRecorded, faults
from services.api.audit.rows import AuditFilter, Chain, Verification
from services.api.ports import Ports
from services.api.web.paging import LIMIT_MOST
from services.api.web.problems import Problem, invalid

ENTRIES_MOST = 100_000
"""Entries of one export or verification, at most."""


async def exported(ports: Ports, where: AuditFilter) -> AsyncIterator[bytes]:
    """Entries as JSON lines, newest first, `ENTRIES_MOST` at most. Raises Outage."""
    async for entry in _all(ports, where):
        yield msgspec.json.encode(entry) + b"\n"


async def verified(ports: Ports, where: AuditFilter) -> Verification:
    """Look at every entry of a time: none altered, none missing between the first and the last of its process. Raises Problem, Outage."""
    if ports.principal.limited:
        raise Problem(HTTPStatus.FORBIDDEN, "A chain has entries of every tenant: who is limited cannot verify it.")
    chains: defaultdict[str, dict[int, AuditRecorded]] = defaultdict(dict)
    entries = 0
    async for entry in _all(ports, where):
        entries += 1
        chains[entry.writer][entry.sequence] = entry
    if entries >= ENTRIES_MOST:
        raise invalid("from", f"there are {ENTRIES_MOST} entries or more: ask for a shorter time")
    found = [fault for chain in chains.values() for fault in faults(chain[at] for at in sorted(chain))]
    heads = (
        Chain(writer=writer, first=min(chain), last=max(chain), head=chain[max(chain)].digest)
        for writer, chain in sorted(chains.items())
    )
    return Verification(whole=not found, entries=entries, chains=tuple(heads), faults=tuple(found))


async def _all(ports: Ports, where: AuditFilter) -> AsyncIterator[AuditRecorded]:
    cursor, left = None, ENTRIES_MOST
    while left > 0:
        page = await ports.reads.audit_entries(where, cursor=cursor, limit=min(LIMIT_MOST, left))
        for entry in page.items:
            yield entry
        left -= len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return
