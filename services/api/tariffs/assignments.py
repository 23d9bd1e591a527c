"""Tariff assignments: which tariffs hold for a token, a connector, a station, a site, and for all others, in this order."""

import heapq

import msgspec

from schemas.base import Record
from schemas.tariffs import (
    DEFAULT_TARGET,
    MAX_EARLIER,
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    EarlierAssignment,
    Scope,
    TariffAssigned,
    TariffProvisioned,
    TariffUnassigned,
    connector_target,
    site_target,
    station_target,
    token_target,
)
from services.api.ports import Ports
from services.api.tariffs.rows import Assignment, AssignTariffs
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import Page, Position, cursor_of, position_of
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


async def save_assignment(
    ports: Ports, kind: Scope, name: str, data: AssignTariffs, *, given: Condition = WHATEVER
) -> TariffAssigned:
    """Have tariffs hold for a target. Raises Problem, Outage."""
    target = target_of(kind, name)

    async def made(before: Record | None) -> TariffAssigned | None:
        if isinstance(before, TariffAssigned) and before.tariffs == data.tariffs:
            return None
        _require_tariffs(ports, data.tariffs)
        return TariffAssigned(
            target=target,
            scope=kind,
            tariffs=data.tariffs,
            assigned_at=ports.clock(),
            assigned_by=ports.principal.name,
            earlier=_earlier(before),
        )

    return await changed(ports, REF_TARIFF_ASSIGNMENTS, target, made, given=given)


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
        )

    await changed(ports, REF_TARIFF_ASSIGNMENTS, target, made, given=given)


def target_of(scope: Scope, path: str) -> str:
    """The target that a path names. Raises Problem."""
    name = path.removeprefix("/")
    if scope == "default":
        if name:
            raise invalid("name", "default has no name")
        return DEFAULT_TARGET
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise invalid("name", f"which {scope}? 1 to {LONGEST_NAME} printable characters")
    match scope:
        case "token":
            return token_target(name)
        case "station":
            return station_target(name)
        case "site":
            return site_target(name)
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
