"""Use cases of tariffs: list, provision, remove, try on past sessions. Routes and pages call them."""

import heapq

from msgspec.structs import replace

from schemas.base import Record
from schemas.tariffchoice import versions_of
from schemas.tariffs import MAX_EARLIER, REF_TARIFFS, Tariff, TariffProvisioned, TariffRemoved
from services.api.cdrs.bills import simulated
from services.api.cdrs.rows import Rated
from services.api.ports import Ports
from services.api.sessions.rows import Session
from services.api.tariffs.rows import Drafting, ProvisionTariff, Simulate, SimulateDraft, drafted, tariff_id
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import Page, Position, cursor_of, position_of
from services.api.web.policy import owner
from services.api.web.problems import invalid, not_found

DRAFT = "draft"


async def tariff_page(ports: Ports, *, cursor: str | None, limit: int) -> Page[Tariff]:
    """A page of tariffs by id, each in its current version. Raises BadCursor."""
    behind = position_of(cursor).id if cursor is not None else ""
    records = ports.reference.all(REF_TARIFFS).items()
    there = (record for key, record in records if key > behind and isinstance(record, TariffProvisioned))
    found = heapq.nsmallest(limit + 1, there, key=lambda record: record.tariff)
    page = found[:limit]
    more = len(found) > limit
    return Page(
        items=tuple(record.current for record in page),
        next_cursor=cursor_of(Position(0, page[-1].tariff)) if more else None,
    )


async def rate_by_version(ports: Ports, tariff: str, data: Simulate) -> Rated:
    """Work a past session out by a version of a tariff. Raises Problem for a tariff, version or session that is not there."""
    record = known_tariff(ports, tariff)
    versions = {version.version: version for version in versions_of(record)}
    wanted = versions.get(record.current.version if data.version is None else data.version)
    if wanted is None:
        raise invalid("version", f"known are {', '.join(str(number) for number in sorted(versions))}")
    return await simulated(ports, await _session(ports, data.session), wanted)


async def rate_by_draft(ports: Ports, data: SimulateDraft) -> Rated:
    """Work a past session out by a tariff that is not provisioned. Raises Problem."""
    drafting = Drafting(0, ports.clock(), ports.principal.name, "")
    draft = drafted(DRAFT, data.tariff, drafting, within="tariff.")
    return await simulated(ports, await _session(ports, data.session), draft)


async def save_tariff(
    ports: Ports, tariff: str, data: ProvisionTariff, *, given: Condition = WHATEVER
) -> TariffProvisioned:
    """Have a tariff stand, as a new version where it says something else. Raises Problem, Outage."""
    key = tariff_id(tariff)

    async def made(before: Record | None) -> TariffProvisioned | None:
        version, earlier = 1, versions_of(before)[:MAX_EARLIER]
        if isinstance(before, TariffProvisioned):
            version = before.current.version + 1
        elif isinstance(before, TariffRemoved):
            version = before.last_version + 1
        whose = owner(ports.principal, data.tenant, before.tenant if isinstance(before, TariffProvisioned) else None)
        current = drafted(tariff, data, Drafting(version, ports.clock(), ports.principal.name, whose))
        if isinstance(before, TariffProvisioned) and _says(before.current) == _says(current):
            return None
        return TariffProvisioned(tariff=tariff, current=current, earlier=earlier)

    return await changed(ports, REF_TARIFFS, key, made, given=given)


def _says(tariff: Tariff) -> Tariff:
    return replace(tariff, version=0, provisioned_by="", provisioned_at=tariff.provisioned_at.min)


async def remove_tariff(ports: Ports, tariff: str, *, given: Condition = WHATEVER) -> None:
    """Forget a tariff. Raises Problem: 409 while it is assigned; Outage."""

    async def made(_: Record | None) -> TariffRemoved:
        before = known_tariff(ports, tariff)
        return TariffRemoved(
            tariff=tariff,
            last_version=before.current.version,
            removed_at=ports.clock(),
            removed_by=ports.principal.name,
            earlier=versions_of(before),
            tenant=before.tenant,
        )

    await changed(ports, REF_TARIFFS, tariff, made, given=given)


async def _session(ports: Ports, session: str) -> Session:
    found = await ports.reads.session(session)
    if found is None:
        raise invalid("session", f"there is no session {session!r}")
    return found


def known_tariff(ports: Ports, tariff: str) -> TariffProvisioned:
    """What is provisioned of a tariff. Raises Problem: 404."""
    record = ports.reference.get(REF_TARIFFS, tariff)
    if not isinstance(record, TariffProvisioned):
        raise not_found(f"No tariff {tariff!r} is provisioned.")
    return record
