"""Routes of tariff assignments: which tariffs a token, a connector, a station, a site and all others have."""

from typing import Annotated

from litestar import Response, Router, delete, get, put
from litestar.params import Body, PathParameter, QueryParameter

from schemas.tariffs import (
    Scope,
    TariffAssigned,
)
from services.api.tariffs.assignments import (
    assignment_page,
    assignment_row,
    known_assignment,
    remove_assignment,
    save_assignment,
    target_of,
)
from services.api.tariffs.rows import Assignment, AssignTariffs
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ScopePath = Annotated[Scope, PathParameter(description="What the tariffs are assigned to.")]

NamePath = Annotated[
    str, PathParameter(description="The token, STATION/EVSE/CONNECTOR, the station, or the site; default has no name.")
]

TenantQuery = Annotated[
    str | None,
    QueryParameter(
        description="Whose assignment it is: sites, and all others, are those of this tenant's stations. Left out: of the tenant that the"
        " key is limited to, else of the deployment."
    ),
]

ONE = ["/{kind:str}", "/{kind:str}/{name:path}"]


@get("/", summary="List tariff assignments", responses=documented(422))
async def list_assignments(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[Assignment]:
    """Assignments by target, a page at a time."""
    return await assignment_page(ports, cursor=cursor, limit=limit)


@get(ONE, summary="Get a tariff assignment", responses=documented(404, 422))
async def get_assignment(
    kind: ScopePath, ports: Given, name: NamePath = "", tenant: TenantQuery = None
) -> Response[Assignment]:
    """The tariffs of one target; the `ETag` names this state for `If-Match`."""
    await ports.reference.caught_up()
    return _answer(known_assignment(ports, target_of(ports, kind, name, tenant).key))


@put(ONE, summary="Assign tariffs", responses=documented(409, 412, 422))
async def put_assignment(
    kind: ScopePath,
    data: Annotated[AssignTariffs, Body()],
    ports: Given,
    *,
    name: NamePath = "",
    tenant: TenantQuery = None,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Assignment]:
    """Say which tariffs hold for a target: for sessions that start from now on, and for those that have none yet."""
    target = target_of(ports, kind, name, tenant)
    return _answer(await save_assignment(ports, target, data, given=condition(if_match, if_none_match)))


@delete(ONE, summary="Remove a tariff assignment", responses=documented(404, 409, 412, 422))
async def delete_assignment(
    kind: ScopePath, ports: Given, *, name: NamePath = "", tenant: TenantQuery = None, if_match: IfMatch = None
) -> None:
    """Leave a target to less particular assignments, for sessions that start from now on."""
    await remove_assignment(ports, target_of(ports, kind, name, tenant).key, given=condition(if_match))


def _answer(record: TariffAssigned) -> Response[Assignment]:
    return Response(assignment_row(record), headers=etag(record))


def router() -> Router:
    """Everything below /tariff-assignments."""
    handlers = [list_assignments, get_assignment, put_assignment, delete_assignment]
    return Router(path="/tariff-assignments", route_handlers=handlers)
