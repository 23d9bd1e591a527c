"""Tariff assignments: which tariffs hold for a token, a connector, a station, a site, and for all others, in this order."""

import heapq
from typing import Annotated

import msgspec
from litestar import Router, delete, get, put
from litestar.params import Body, PathParameter

from schemas.base import Record
from schemas.tariffs import (
    DEFAULT_TARGET,
    MAX_EARLIER,
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
from schemas.topics import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS
from services.api.models import Cursor, Given, Limit
from services.api.paging import Place, cursor_of, place_of
from services.api.ports import Ports
from services.api.problems import FieldError, documented, invalid, invalid_fields, not_found
from services.api.readmodel import Page
from services.api.tariffmodels import Assignment, AssignTariffs

OPERATOR = "operator"
LONGEST_NAME = 300

ScopePath = Annotated[Scope, PathParameter(description="What the tariffs are assigned to.")]
NamePath = Annotated[
    str, PathParameter(description="The token, STATION/EVSE/CONNECTOR, the station, or the site; default has no name.")
]

ONE = ["/{kind:str}", "/{kind:str}/{name:path}"]


@get("/", summary="List tariff assignments", responses=documented(422))
async def list_assignments(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[Assignment]:
    """Assignments by target, a page at a time."""
    behind = place_of(cursor).id if cursor is not None else ""
    known = ports.reference.all(REF_TARIFF_ASSIGNMENTS).items()
    there = (record for key, record in known if key > behind and isinstance(record, TariffAssigned))
    found = heapq.nsmallest(limit + 1, there, key=lambda record: record.target)
    page = found[:limit]
    more = len(found) > limit
    return Page(
        items=tuple(_row(record) for record in page),
        next_cursor=cursor_of(Place(0, page[-1].target)) if more else None,
    )


@get(ONE, summary="Get a tariff assignment", responses=documented(404, 422))
async def get_assignment(kind: ScopePath, ports: Given, name: NamePath = "") -> Assignment:
    """The tariffs of one target."""
    return _row(_known(ports, _target(kind, name)))


@put(ONE, summary="Assign tariffs", responses=documented(422))
async def put_assignment(
    kind: ScopePath, data: Annotated[AssignTariffs, Body()], ports: Given, name: NamePath = ""
) -> Assignment:
    """Say which tariffs hold for a target: for sessions that start from now on, and for those that have none yet."""
    target = _target(kind, name)
    before = ports.reference.get(REF_TARIFF_ASSIGNMENTS, target)
    if isinstance(before, TariffAssigned) and before.tariffs == data.tariffs:
        return _row(before)
    unknown = [
        FieldError(field=f"tariffs[{place}]", detail=f"no tariff {tariff!r} is provisioned")
        for place, tariff in enumerate(data.tariffs)
        if not isinstance(ports.reference.get(REF_TARIFFS, tariff), TariffProvisioned)
    ]
    if unknown:
        raise invalid_fields(unknown)
    record = TariffAssigned(
        target=target,
        scope=kind,
        tariffs=data.tariffs,
        assigned_at=ports.clock(),
        assigned_by=OPERATOR,
        earlier=_earlier(before),
    )
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)
    return _row(record)


@delete(ONE, summary="Remove a tariff assignment", responses=documented(404, 422))
async def delete_assignment(kind: ScopePath, ports: Given, name: NamePath = "") -> None:
    """Leave a target to less particular assignments, for sessions that start from now on."""
    known = _known(ports, _target(kind, name))
    record = TariffUnassigned(
        target=known.target, removed_at=ports.clock(), removed_by=OPERATOR, earlier=_earlier(known)
    )
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)


def _target(scope: Scope, path: str) -> str:
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


def _known(ports: Ports, target: str) -> TariffAssigned:
    known = ports.reference.get(REF_TARIFF_ASSIGNMENTS, target)
    if not isinstance(known, TariffAssigned):
        raise not_found(f"Nothing is assigned to {target!r}.")
    return known


def _earlier(before: Record | None) -> tuple[EarlierAssignment, ...]:
    """What held until now, the newest first."""
    match before:
        case TariffAssigned():
            held = EarlierAssignment(tariffs=before.tariffs, since=before.assigned_at)
        case TariffUnassigned():
            held = EarlierAssignment(since=before.removed_at)
        case _:
            return ()
    return (held, *before.earlier)[:MAX_EARLIER]


def _row(record: TariffAssigned) -> Assignment:
    return msgspec.convert(record, Assignment, from_attributes=True)


def router() -> Router:
    """Everything below /tariff-assignments."""
    handlers = [list_assignments, get_assignment, put_assignment, delete_assignment]
    return Router(path="/tariff-assignments", route_handlers=handlers, tags=["tariffs"])
