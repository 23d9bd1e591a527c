"""Tariff assignments: which tariffs hold for a token, a connector, a station, a site, and for all others, in this order."""

import heapq
from typing import NamedTuple

import msgspec

from schemas.authorization import REF_TOKENS, TokenProvisioned, token_key
from schemas.base import Record
from schemas.tariffs import (
    MAX_EARLIER,
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    EarlierAssignment,
    Scope,
    TariffAssigned,
    TariffProvisioned,
    TariffUnassigned,
    connector_target,
    default_target,
    site_target,
    station_target,
    token_target,
)
from services.api.ports import Ports
from services.api.stations.usecases import find_station
from services.api.tariffs.rows import Assignment, AssignTariffs
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import Page, Position, cursor_of, position_of
from services.api.web.policy import owner
from services.api.web.problems import FieldError, invalid, invalid_fields, not_found

LONGEST_NAME = 300


async def assignment_page(ports: Ports, *, cursor: str | None, limit: int) -> Page[Assignment]:
    """A page of assignments by target. Raises BadCursor."""
    behind = position_of(cursor).id if cursor is not None else ""
    records = ports.reference.all(REF_TARIFF_ASSIGNMENTS).items()
    there = (record for key, record in records if key > behind and isinstance(record, TariffAssigned))
    found = heapq.nsmallest(limit + 1, there, key=lambda record: record.target)
    page = found[:limit]
    more = len(found) > limit
    return Page(
        items=tuple(assignment_row(record) for record in page),
        next_cursor=cursor_of(Position(0, page[-1].target)) if more else None,
    )


class Target(NamedTuple):
    """What tariffs are assigned to: its key, what it is and how it is called, and whose assignment it is. `station`: the one it is of."""

    key: str
    scope: Scope
    name: str
    tenant: str
    station: str = ""


async def save_assignment(
    ports: Ports, target: Target, data: AssignTariffs, *, given: Condition = WHATEVER
) -> TariffAssigned:
    """Have tariffs hold for a target. Raises Problem, Outage."""
    await _require_own(ports, target)

    async def made(before: Record | None) -> TariffAssigned | None:
        if isinstance(before, TariffAssigned) and before.tariffs == data.tariffs:
            return None
        _require_tariffs(ports, data.tariffs)
        return TariffAssigned(
            target=target.key,
            scope=target.scope,
            tariffs=data.tariffs,
            assigned_at=ports.clock(),
            assigned_by=ports.principal.name,
            earlier=_earlier(before),
            tenant=target.tenant,
        )

    return await changed(ports, REF_TARIFF_ASSIGNMENTS, target.key, made, given=given)


async def _require_own(ports: Ports, target: Target) -> None:
    """Who is limited assigns to his own tokens and stations. Raises Problem: 422."""
    if not ports.principal.limited:
        return
    if target.scope == "token" and not isinstance(
        ports.reference.get(REF_TOKENS, token_key(target.name)), TokenProvisioned
    ):
        raise invalid("name", f"no token {target.name!r} is provisioned")
    if target.station and await find_station(ports, target.station) is None:
        raise invalid("name", f"no station {target.station!r} has connected or been provisioned")


def _require_tariffs(ports: Ports, tariffs: tuple[str, ...]) -> None:
    unknown = [
        FieldError(field=f"tariffs[{place}]", detail=f"no tariff {tariff!r} is provisioned")
        for place, tariff in enumerate(tariffs)
        if not isinstance(ports.reference.get(REF_TARIFFS, tariff), TariffProvisioned)
    ]
    if unknown:
        raise invalid_fields(unknown)


async def remove_assignment(ports: Ports, target: str, *, given: Condition = WHATEVER) -> None:
    """Leave a target to less particular assignments. Raises Problem, Outage."""

    async def made(_: Record | None) -> TariffUnassigned:
        assignment = known_assignment(ports, target)
        return TariffUnassigned(
            target=assignment.target,
            removed_at=ports.clock(),
            removed_by=ports.principal.name,
            earlier=_earlier(assignment),
            tenant=assignment.tenant,
        )

    await changed(ports, REF_TARIFF_ASSIGNMENTS, target, made, given=given)


def target_of(ports: Ports, scope: Scope, path: str, tenant: str | None = None) -> Target:
    """The target that a path names. Sites, and all others, are those of the `tenant`; None: of the only one that the caller is limited to,
    else of the deployment. Raises Problem."""
    name, whose = path.removeprefix("/"), owner(ports.principal, tenant, None)
    key = _key(scope, name, whose)
    station = name.rsplit("/", 2)[0] if scope == "connector" else name if scope == "station" else ""
    return Target(key, scope, name, whose, station)


def _key(scope: Scope, name: str, tenant: str) -> str:
    if scope == "default":
        if name:
            raise invalid("name", "default has no name")
        return default_target(tenant)
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise invalid("name", f"which {scope}? 1 to {LONGEST_NAME} printable characters")
    match scope:
        case "token":
            return token_target(name)
        case "station":
            return station_target(name)
        case "site":
            return site_target(name, tenant)
        case "connector":
            return _connector(name)


def _connector(name: str) -> str:
    parts = name.rsplit("/", 2)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part) for part in parts[1:]):
        raise invalid("name", "a connector is STATION/EVSE/CONNECTOR, numbers from 1")
    return connector_target(parts[0], int(parts[1]), int(parts[2]))


def known_assignment(ports: Ports, target: str) -> TariffAssigned:
    """What is assigned to a target. Raises Problem: 404."""
    record = ports.reference.get(REF_TARIFF_ASSIGNMENTS, target)
    if not isinstance(record, TariffAssigned):
        raise not_found(f"Nothing is assigned to {target!r}.")
    return record


def _earlier(before: Record | None) -> tuple[EarlierAssignment, ...]:
    """What held until now, the newest first."""
    match before:
        case TariffAssigned():
            assignment = EarlierAssignment(tariffs=before.tariffs, since=before.assigned_at)
        case TariffUnassigned():
            assignment = EarlierAssignment(since=before.removed_at)
        case _:
            return ()
    return (assignment, *before.earlier)[:MAX_EARLIER]


def assignment_row(record: TariffAssigned) -> Assignment:
    """The record as the API gives it."""
    return msgspec.convert(record, Assignment, from_attributes=True)
