"""Compatibility: what is known of makes of stations that do not do as OCPP says, and what we do about it."""

from typing import Annotated

from litestar import Response, Router, delete, get, put
from litestar.params import Body, QueryParameter

from services.api.compatibility.rows import CompatibilityRow, NamePath, ProvisionRow, row_view
from services.api.compatibility.usecases import SHIPPED, remove_row, row_called, rows_that_hold, save_row, written_row
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.parameters import Given
from services.api.web.problems import documented


@get("/", summary="List the compatibility matrix", responses=documented(422))
async def list_rows(
    ports: Given,
    station: Annotated[
        str | None, QueryParameter(description="Only the rows that hold for this station, as it last booted.")
    ] = None,
) -> tuple[CompatibilityRow, ...]:
    """The rows that hold, by name: those that ship, and the operators' own."""
    return await rows_that_hold(ports, station)


@get("/{name:str}", summary="Get a row", responses=documented(404))
async def get_row(name: NamePath, ports: Given) -> Response[CompatibilityRow]:
    """A row of the matrix, as it holds now; the `ETag` of an operator's row names this state for `If-Match`."""
    await ports.reference.caught_up()
    return Response(row_called(ports, name), headers=etag(written_row(ports, name)))


@put("/{name:str}", summary="Write a row", responses=documented(409, 412, 422))
async def put_row(
    name: NamePath,
    data: Annotated[ProvisionRow, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[CompatibilityRow]:
    """Say what is known of stations, and what to do. A shipped row of that name is replaced; every gateway follows within a second."""
    record = await save_row(ports, name, data, given=condition(if_match, if_none_match))
    return Response(row_view(record.row, record, ships=name in SHIPPED), headers=etag(record))


@delete("/{name:str}", summary="Remove a row", responses=documented(404, 409, 412))
async def delete_row(name: NamePath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget an operator's row; a shipped one of that name holds again. One that ships is turned off by a row without rules."""
    await remove_row(ports, name, given=condition(if_match))


def router() -> Router:
    """Everything below /compatibility."""
    handlers = [list_rows, get_row, put_row, delete_row]
    return Router(path="/compatibility", route_handlers=handlers)
