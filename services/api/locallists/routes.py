"""Local authorization lists: which tokens each station is to know by itself, and whether it does."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body, QueryParameter

from schemas.locallists import LocalListStatus
from services.api.locallists import usecases
from services.api.locallists.rows import LocalList, LocalListDetails, LocalListFilter, ProvisionLocalList
from services.api.stations.rows import StationPath
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

PLACE = "/stations/{station:str}/local-list"


@get("/local-lists", summary="List local lists", responses=documented(422))
async def list_local_lists(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    status: Annotated[LocalListStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[LocalList]:
    """How the local lists of stations stand, the one that changed last first; those that nobody ever managed are left out."""
    return await ports.reads.local_lists(LocalListFilter(station=station, status=status), cursor=cursor, limit=limit)


@get(PLACE, summary="Get a station's local list", responses=documented(404))
async def get_local_list(station: StationPath, ports: Given) -> Response[LocalListDetails]:
    """How the station's list stands, its rule and its entries. The `ETag` names the rule for `If-Match`."""
    await ports.reference.caught_up()
    return Response(await usecases.list_of(ports, station), headers=etag(usecases.written_rule(ports, station)))


@put(PLACE, summary="Have a station's local list managed", responses=documented(404, 412, 422))
async def put_local_list(
    station: StationPath,
    data: Annotated[ProvisionLocalList, Body(description="Which tokens the station is to know by itself.")],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[LocalListDetails]:
    """Say which tokens the list has. It is sent when the station is connected, and again whenever those tokens change."""
    record = await usecases.save_rule(ports, station, data, given=condition(if_match, if_none_match))
    return Response(await usecases.list_of(ports, station), headers=etag(record))


@delete(PLACE, summary="Manage a station's local list no longer", responses=documented(404, 412))
async def delete_local_list(station: StationPath, ports: Given, if_match: IfMatch = None) -> None:
    """The list that the station has stays there as it is. To take it away, say `empty` instead."""
    await usecases.remove_rule(ports, station, given=condition(if_match))


@post(
    PLACE + "/sync",
    summary="Send a station's local list again",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def sync_local_list(station: StationPath, ports: Given) -> LocalListDetails:
    """Send the whole list again, also to a station that refused it or said that it keeps none. Its events tell what becomes of it."""
    return await usecases.sync(ports, station)


def router() -> Router:
    """Local lists, below stations and by themselves."""
    handlers = [list_local_lists, get_local_list, put_local_list, delete_local_list, sync_local_list]
    return Router(path="/", route_handlers=handlers)
