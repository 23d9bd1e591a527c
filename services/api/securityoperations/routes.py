"""Security operations: order them at a station or at many, look at them, cancel them; batches, and what steers them."""

from http import HTTPStatus
from typing import Annotated

from litestar import Router, get, post
from litestar.params import Body, HeaderParameter, PathParameter, QueryParameter

from schemas.securityoperations import Kind, OperationStatus
from services.api.securityoperations import usecases
from services.api.securityoperations.rows import (
    OperationFilter,
    OrderBatch,
    OrderOperation,
    SecurityBatch,
    SecurityOperation,
)
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

OPERATIONS, BATCHES = "/security-operations", "/security-batches"

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", description="Chosen by the caller. A request repeated with it is done once."
    ),
]
OperationPath = Annotated[str, PathParameter(description="The operation's id.")]
BatchPath = Annotated[str, PathParameter(description="The batch's id.")]
ActionPath = Annotated[usecases.Action, PathParameter(description="What to do with the batch.")]
ByKind = Annotated[Kind | None, QueryParameter(description="Only these.")]
ByStatus = Annotated[OperationStatus | None, QueryParameter(description="Only those of this status.")]


@post(
    "/stations/{station:str}/security-operations",
    summary="Order a security operation",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409, 422),
)
async def order_security_operation(
    station: StationPath,
    data: Annotated[OrderOperation, Body(description="What is to be done.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> SecurityOperation:
    """Begin now, or as soon as the station is connected and the operations before it have ended."""
    return await usecases.order(ports, station, data, key=idempotency_key)


@get(
    "/stations/{station:str}/security-operations",
    summary="List a station's security operations",
    responses=documented(404, 422),
)
async def list_security_operations_of_station(
    station: StationPath,
    ports: Given,
    *,
    kind: ByKind = None,
    status: ByStatus = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SecurityOperation]:
    """What was done at the station, newest first."""
    known = await known_station(ports, station)
    where = OperationFilter(station=known.station, kind=kind, status=status)
    return await ports.reads.security_operations(where, cursor=cursor, limit=limit)


@get(OPERATIONS, summary="List security operations", responses=documented(422))
async def list_security_operations(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    kind: ByKind = None,
    status: ByStatus = None,
    batch: Annotated[str | None, QueryParameter(description="Of this batch.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SecurityOperation]:
    """Operations of all stations by the time of their order, newest first."""
    where = OperationFilter(station=station, kind=kind, status=status, batch=batch)
    return await ports.reads.security_operations(where, cursor=cursor, limit=limit)


@get(OPERATIONS + "/{operation:str}", summary="Get a security operation", responses=documented(404))
async def get_security_operation(operation: OperationPath, ports: Given) -> SecurityOperation:
    """An operation with what became of each step."""
    return await usecases.known_operation(ports, operation)


@post(
    OPERATIONS + "/{operation:str}/cancel",
    summary="Cancel a security operation",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def cancel_security_operation(operation: OperationPath, ports: Given) -> SecurityOperation:
    """Take an operation back. It goes on if the station was told something by then that it acts on by itself."""
    return await usecases.cancel(ports, operation)


@post(
    BATCHES,
    summary="Order security operations at many stations",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(409, 422),
)
async def order_security_batch(
    data: Annotated[OrderBatch, Body(description="What is to be done, where, and how carefully.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> SecurityBatch:
    """The stations that meet the criteria now, in waves. Which ones they are never changes afterwards."""
    return await usecases.order_batch(ports, data, key=idempotency_key)


@get(BATCHES, summary="List security batches", responses=documented(422))
async def list_security_batches(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[SecurityBatch]:
    """Batches, newest first."""
    await ports.reference.caught_up()
    return usecases.batch_page(ports, cursor=cursor, limit=limit)


@get(BATCHES + "/{batch:str}", summary="Get a security batch", responses=documented(404))
async def get_security_batch(batch: BatchPath, ports: Given) -> SecurityBatch:
    """A batch as it is now: its waves, and how its operations ended."""
    await ports.reference.caught_up()
    return usecases.known_batch(ports, batch)


@post(
    BATCHES + "/{batch:str}/{action:str}",
    summary="Steer a security batch",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409, 422),
)
async def steer_security_batch(batch: BatchPath, action: ActionPath, ports: Given) -> SecurityBatch:
    """`pause`: nothing new begins. `resume`: go on, also after a halt. `cancel`: what has not begun never does."""
    return await usecases.steer(ports, batch, action)


def router() -> Router:
    """Security operations and their batches."""
    handlers = [
        *(order_security_operation, list_security_operations_of_station, list_security_operations),
        *(get_security_operation, cancel_security_operation),
        *(order_security_batch, list_security_batches, get_security_batch, steer_security_batch),
    ]
    return Router(path="/", route_handlers=handlers)
