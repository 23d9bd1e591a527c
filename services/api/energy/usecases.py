"""Use cases of sites: find, provision, remove. Routes and pages call them."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from schemas.base import Record
from schemas.command import Fault
from schemas.energy import REF_SITES, SiteChangedByOperator, SiteProvisioned, SiteRemoved
from schemas.operators import DEFAULT_TENANT
from schemas.sitetreerules import evses_of, tree_faults
from schemas.sitetrees import SiteTree
from schemas.stations import REF_STATIONS, STATION_STATES, StationChanged, StationProvisioned, StationRemoved
from services.api.energy.rows import ProvisionSite, SiteSummary, summary_of
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import Page, Position, cursor_of, position_of
from services.api.web.policy import is_tenants
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields, not_found

SITES_MOST = 5_000
"""Sites that are provisioned: each process of the API holds their trees."""

VALID_NAME = re.compile(r"[^\s/\x00-\x1f]([^/\x00-\x1f]{0,98}[^\s/\x00-\x1f])?")


def written(ports: Ports) -> Mapping[str, SiteProvisioned]:
    """Every site with a tree, by name."""
    there = ports.reference.all(REF_SITES)
    return {name: record for name, record in sorted(there.items()) if isinstance(record, SiteProvisioned)}


def written_site(ports: Ports, site: str) -> SiteProvisioned:
    """The record of a site. Raises Problem: 404."""
    record = ports.reference.get(REF_SITES, site)
    if not isinstance(record, SiteProvisioned):
        raise not_found(f"No site {site!r} has a tree: write one with PUT /api/v1/sites/{{site}}.")
    return record


def sites(ports: Ports, *, cursor: str | None = None, limit: int = 50) -> Page[SiteSummary]:
    """Sites by name. Raises BadCursor."""
    behind = position_of(cursor).id if cursor is not None else ""
    left = [record for name, record in written(ports).items() if name > behind]
    items = tuple(summary_of(record) for record in left[:limit])
    more = len(left) > limit
    return Page(items, cursor_of(Position(0, items[-1].site)) if more else None)


async def save_site(
    ports: Ports, site: str, data: ProvisionSite, *, given: Condition = WHATEVER, dry_run: bool = False
) -> SiteProvisioned:
    """Have a body stand for a site; `dry_run`: only check it. Raises Problem naming every fault at once, Outage."""
    return await save_tree(ports, site, data.tree(), tenant=data.tenant, given=given, dry_run=dry_run)


async def save_tree(
    ports: Ports,
    site: str,
    tree: SiteTree,
    *,
    tenant: str | None = None,
    given: Condition = WHATEVER,
    dry_run: bool = False,
) -> SiteProvisioned:
    """Have a tree stand for a site; `tenant` None: as before. Raises Problem naming every fault at once, Outage."""
    if not VALID_NAME.fullmatch(site):
        raise invalid("site", "1 to 100 characters without '/', and no space first or last")

    async def made(before: Record | None) -> SiteProvisioned:
        current = before if isinstance(before, SiteProvisioned) else None
        whose = _tenant(ports, tenant, current)
        faults = [*tree_faults(tree), *_places_faults(ports, site, whose, tree)]
        if faults:
            raise invalid_fields([FieldError(field=each.member, detail=each.detail) for each in faults])
        if current is None and len(written(ports)) >= SITES_MOST:
            raise Problem(HTTPStatus.CONFLICT, f"There are {SITES_MOST} sites already: remove one first.")
        return SiteProvisioned(
            site=site, tree=tree, tenant=whose, provisioned_at=ports.clock(), provisioned_by=ports.principal.name
        )

    record = await changed(ports, REF_SITES, site, made, given=given, dry_run=dry_run)
    if not dry_run:
        await _tell(ports, record)
    return record


async def remove_site(ports: Ports, site: str, *, given: Condition = WHATEVER) -> None:
    """Forget the tree of a site: nothing is steered there any more. Raises Problem: 404; Outage."""

    async def made(_: Record | None) -> SiteRemoved:
        before = written_site(ports, site)
        return SiteRemoved(site=site, removed_at=ports.clock(), removed_by=ports.principal.name, tenant=before.tenant)

    await _tell(ports, await changed(ports, REF_SITES, site, made, given=given))


async def _tell(ports: Ports, record: SiteProvisioned | SiteRemoved) -> None:
    """Have what steers the site look at its tree now."""
    told = SiteChangedByOperator(id=ports.new_id(), site=record.site, at=ports.clock(), tenant=record.tenant)
    await ports.publisher.publish(told)


def _tenant(ports: Ports, named: str | None, before: SiteProvisioned | None) -> str:
    """Whose the site is from now on."""
    if named is not None:
        return named
    if before is not None:
        return before.tenant
    own = ports.principal.scope.tenants if is_tenants(ports.principal.scope) else ()
    return own[0] if len(own) == 1 else DEFAULT_TENANT


def _places_faults(ports: Ports, site: str, tenant: str, tree: SiteTree) -> Iterator[Fault]:
    """What stands against the stations that a tree names, and against EVSEs that are in the tree of another site."""
    others = {
        evse: record.site for name, record in written(ports).items() if name != site for evse in evses_of(record.tree)
    }
    for place, node in enumerate(tree.nodes):
        if node.outlet is None:
            continue
        at, outlet = f"nodes[{place}].outlet", node.outlet
        if fault := _station_fault(ports, outlet.station, tenant):
            yield Fault(f"{at}.station", fault)
        if other := others.get((outlet.station, outlet.evse)):
            yield Fault(
                at, f"EVSE {outlet.evse} of {outlet.station} is in the tree of {other}; take it out there first"
            )
    for place, meter in enumerate(tree.meters):
        if meter.station and (fault := _station_fault(ports, meter.station, tenant)):
            yield Fault(f"meters[{place}].station", fault)


def _station_fault(ports: Ports, station: str, tenant: str) -> str:
    record = ports.reference.get(REF_STATIONS, station)
    if not isinstance(record, StationProvisioned | StationRemoved):
        record = ports.reference.get(STATION_STATES, station)
    if not isinstance(record, StationProvisioned | StationChanged):
        return f"no station {station!r} has connected or been provisioned: provision it first"
    if record.tenant != tenant:
        return f"{station} belongs to another tenant than the site, which is of {tenant!r}"
    return ""
