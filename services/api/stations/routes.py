"""Stations: who is there, how they are; what the operator provisions; their OCPP log and history."""

from datetime import timedelta
from typing import Annotated, Literal

from litestar import Response, Router, delete, get, put
from litestar.params import Body, QueryParameter

from schemas.base import OcppVersion, SecurityProfile
from schemas.stations import REF_STATIONS, RegistrationStatus
from services.api.history.curves import Point
from services.api.stations.rows import (
    ConnectorStatusChange,
    Frame,
    FrameFilter,
    ProvisionStation,
    Station,
    StationEvent,
    StationFilter,
    StationPath,
)
from services.api.stations.usecases import current_state, known_station, remove_station, save_station
from services.api.stations.views import StationDetails, never_seen, provisioned
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import EARLIEST, Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented


@get("/", summary="List stations", responses=documented(422))
async def list_stations(
    ports: Given,
    *,
    connected: Annotated[bool | None, QueryParameter(description="Only those connected now, or not.")] = None,
    version: Annotated[OcppVersion | None, QueryParameter(description="OCPP version.")] = None,
    vendor: Annotated[str | None, QueryParameter(description="Vendor, as its BootNotification says.")] = None,
    site: Annotated[str | None, QueryParameter(description="Site, as provisioned.")] = None,
    registration: Annotated[
        RegistrationStatus | None, QueryParameter(description="Pending: those that wait to be accepted.")
    ] = None,
    security_profile: Annotated[
        SecurityProfile | None, QueryParameter(description="Security profile of its newest connection.")
    ] = None,
    tenant: Annotated[str | None, QueryParameter(description="Whose they are.")] = None,
    search: Annotated[str | None, QueryParameter(description="Part of id, vendor, model, serial or site.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Station]:
    """Stations by id, a page at a time."""
    where = StationFilter(
        connected=connected,
        version=version,
        vendor=vendor,
        site=site,
        registration=registration,
        search=search,
        security_profile=security_profile,
        tenant=tenant,
    )
    return await ports.reads.stations(where, cursor=cursor, limit=limit)


@get("/{station:str}", summary="Get a station", responses=documented(404))
async def get_station(station: StationPath, ports: Given) -> Response[StationDetails]:
    """A station as it is now: connection, boot, connectors, provisioning. The `ETag` names what is provisioned, for `If-Match`."""
    await ports.reference.caught_up()
    found = await known_station(ports, station)
    return Response(found, headers=etag(ports.reference.get(REF_STATIONS, station)))


@put("/{station:str}", summary="Provision a station", responses=documented(409, 412, 422))
async def put_station(
    station: StationPath,
    data: Annotated[ProvisionStation, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[StationDetails]:
    """Say what is known of a station. Answered when it is durable; gateways and services follow within a second."""
    record = await save_station(ports, station, data, given=condition(if_match, if_none_match))
    current = await current_state(ports, station)
    row = provisioned(current, record) if current is not None else never_seen(record)
    return Response(row, headers=etag(record))


@delete("/{station:str}", summary="Remove a station", responses=documented(404, 409, 412))
async def delete_station(station: StationPath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget what was provisioned: credential and policy are void. Its history stays."""
    await remove_station(ports, station, given=condition(if_match))


@get("/{station:str}/frames", summary="The station's OCPP log", responses=documented(422))
async def list_frames(
    station: StationPath,
    ports: Given,
    *,
    direction: Annotated[Literal["in", "out"] | None, QueryParameter(description="As seen from here.")] = None,
    action: Annotated[str | None, QueryParameter(description="The OCPP action.")] = None,
    text: Annotated[str | None, QueryParameter(description="Part of the frame, any case.")] = None,
    to: To = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Frame]:
    """Every frame that crossed the wire, newest first."""
    in_time(None, to)
    where = FrameFilter(direction=direction, action=action, text=text, before=to)
    return await ports.reads.frames(station, where, cursor=cursor, limit=limit)


@get("/{station:str}/events", summary="Connections and boots", responses=documented(422))
async def list_events(
    station: StationPath, ports: Given, cursor: Cursor = None, limit: Limit = 50
) -> Page[StationEvent]:
    """When the station connected, disconnected and booted, newest first."""
    return await ports.reads.station_events(station, cursor=cursor, limit=limit)


@get("/{station:str}/status-history", summary="Connector statuses over time", responses=documented(422))
async def list_statuses(
    station: StationPath,
    ports: Given,
    evse: Annotated[int | None, QueryParameter(ge=0, le=2_147_483_647, description="Only this EVSE.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ConnectorStatusChange]:
    """What the station reported of its connectors, newest first."""
    return await ports.reads.connector_status_history(station, evse=evse, cursor=cursor, limit=limit)


@get("/{station:str}/power", summary="The station's power over time", responses=documented(422))
async def list_power(
    station: StationPath,
    ports: Given,
    since: From = None,
    to: To = None,
    points: Annotated[int, QueryParameter(ge=1, le=2000, description="At most so many points.")] = 500,
) -> tuple[Point, ...]:
    """Charging power in W, for charts; the last hour where nothing else is asked for."""
    in_time(since, to)
    until = to or ports.clock()
    begin = since or max(EARLIEST, until - timedelta(hours=1))
    return await ports.reads.station_power(station, begin, until=until, points=points)


def router() -> Router:
    """Everything below /stations."""
    handlers = [
        list_stations,
        get_station,
        put_station,
        delete_station,
        list_frames,
        list_events,
        list_statuses,
        list_power,
    ]
    return Router(path="/stations", route_handlers=handlers)
