"""Vendors: messages of vendors' own (DataTransfer), what they are answered, and what came."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body, QueryParameter

from schemas.vendors import TransferStatus
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.vendors import usecases
from services.api.vendors.rows import (
    ProvisionVendor,
    SeenVendor,
    TransferFilter,
    Transferred,
    TriedAnswer,
    TryMessage,
    Vendor,
    VendorPath,
    vendor_of,
)
from services.api.vendors.views import unknown
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

OfVendor = Annotated[str | None, QueryParameter(description="Of this vendor id, in any case.")]
OfMessage = Annotated[str | None, QueryParameter(description="Of this message id, in any case.")]
OfStatus = Annotated[TransferStatus | None, QueryParameter(description="Only those that were answered this.")]


@get("/vendors", summary="List vendors")
async def list_vendors(ports: Given) -> tuple[Vendor, ...]:
    """Every vendor whose messages are known, by id. Messages of all others are answered UnknownVendorId, and kept."""
    await ports.reference.caught_up()
    return usecases.vendors(ports)


@get("/unknown-vendors", summary="List messages that nobody knows", responses=documented(422))
async def list_unknown_vendors(ports: Given, limit: Limit = 50) -> tuple[SeenVendor, ...]:
    """Vendor and message ids that were answered UnknownVendorId or UnknownMessageId in the last 30 days, the most frequent first."""
    return await unknown(ports, limit=limit)


@get("/vendors/{vendor:str}", summary="Get a vendor", responses=documented(404))
async def get_vendor(vendor: VendorPath, ports: Given) -> Response[Vendor]:
    """A vendor with its rules; the `ETag` names this state for `If-Match`."""
    await ports.reference.caught_up()
    record = usecases.written(ports, vendor)
    return Response(vendor_of(record), headers=etag(record))


@put("/vendors/{vendor:str}", summary="Provision a vendor", responses=documented(409, 412, 422))
async def put_vendor(
    vendor: VendorPath,
    data: Annotated[ProvisionVendor, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Vendor]:
    """Say what the messages of a vendor are answered; every gateway follows within a second.

    To have them sent elsewhere, provision a webhook of the kind `data-transfer.received` with this vendor id.
    """
    record = await usecases.save(ports, vendor, data, given=condition(if_match, if_none_match))
    return Response(vendor_of(record), headers=etag(record))


@delete("/vendors/{vendor:str}", summary="Remove a vendor", responses=documented(404, 412))
async def delete_vendor(vendor: VendorPath, ports: Given, if_match: IfMatch = None) -> None:
    """Have the messages of a vendor answered UnknownVendorId again; they are still kept."""
    await usecases.remove(ports, vendor, given=condition(if_match))


@post(
    "/vendors/{vendor:str}/try",
    summary="Try what a message is answered",
    status_code=HTTPStatus.OK,
    responses=documented(422),
)
async def try_message(vendor: VendorPath, data: Annotated[TryMessage, Body()], ports: Given) -> TriedAnswer:
    """What a message would be answered now, composed as gateways do it. Nothing is sent and nothing is kept."""
    await ports.reference.caught_up()
    return usecases.tried(ports, vendor, data)


@get("/data-transfers", summary="List data transfers", responses=documented(422))
async def list_data_transfers(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    vendor_id: OfVendor = None,
    message_id: OfMessage = None,
    status: OfStatus = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Transferred]:
    """What stations sent in messages of their vendors' own, and what they were answered, newest first; a few seconds after it came."""
    where = TransferFilter(station=station, vendor_id=vendor_id, message_id=message_id, status=status)
    return await ports.reads.data_transfers(where, cursor=cursor, limit=limit)


@get(
    "/stations/{station:str}/data-transfers", summary="List a station's data transfers", responses=documented(404, 422)
)
async def list_station_data_transfers(
    station: StationPath,
    ports: Given,
    *,
    vendor_id: OfVendor = None,
    message_id: OfMessage = None,
    status: OfStatus = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Transferred]:
    """The same of one station."""
    known = await known_station(ports, station)
    where = TransferFilter(station=known.station, vendor_id=vendor_id, message_id=message_id, status=status)
    return await ports.reads.data_transfers(where, cursor=cursor, limit=limit)


def router() -> Router:
    """Vendors, and data transfers by themselves and below stations."""
    handlers = [
        list_vendors,
        list_unknown_vendors,
        get_vendor,
        put_vendor,
        delete_vendor,
        try_message,
        list_data_transfers,
        list_station_data_transfers,
    ]
    return Router(path="/", route_handlers=handlers)
