"""ISO 15118: what stations asked about certificates, and what they were answered."""

from typing import Annotated

from litestar import Router, get
from litestar.params import PathParameter, QueryParameter

from schemas.iso15118 import RequestKind
from services.api.iso15118.rows import Iso15118Request, RequestFilter
from services.api.iso15118.usecases import known_request
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

RequestPath = Annotated[str, PathParameter(description="The request's id here.")]


@get("/iso15118-requests", summary="List what stations asked for ISO 15118", responses=documented(422))
async def list_iso15118_requests(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    kind: Annotated[RequestKind | None, QueryParameter(description="Only those of this kind.")] = None,
    accepted: Annotated[
        bool | None, QueryParameter(description="Only those that were answered with what was asked for, or the others.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Iso15118Request]:
    """Requests for the state of certificates and for contract certificates of EVs, newest first (M01, M02, M06, M07)."""
    where = RequestFilter(station=station, kind=kind, accepted=accepted)
    return await ports.reads.iso15118_requests(where, cursor=cursor, limit=limit)


@get(
    "/iso15118-requests/{request_id:str}",
    summary="Get a request of a station for ISO 15118",
    responses=documented(404),
)
async def get_iso15118_request(request_id: RequestPath, ports: Given) -> Iso15118Request:
    """What the station asked, and what became of it."""
    return await known_request(ports, request_id)


def router() -> Router:
    """Requests for ISO 15118."""
    return Router(path="/", route_handlers=[list_iso15118_requests, get_iso15118_request])
