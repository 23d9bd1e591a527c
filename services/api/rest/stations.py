"""Stations: who is there, how they are; what the operator provisions; their OCPP log and history."""

import asyncio
import secrets
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from litestar import Router, delete, get, put
from litestar.params import Body, QueryParameter

from schemas.base import OcppVersion
from schemas.credentials import hash_password
from schemas.stations import StationChanged, StationProvisioned, StationRemoved
from schemas.topics import REF_STATIONS, STATION_STATES
from services.api.models import (
    Cursor,
    From,
    Given,
    Limit,
    ProvisionStation,
    StationPath,
    To,
    in_time,
    station_id,
    time_zone,
    usable_password,
)
from services.api.ports import Ports
from services.api.problems import documented, not_found
from services.api.readmodel import (
    ConnectorStatusChange,
    Frame,
    FrameFilter,
    Page,
    Point,
    Station,
    StationEvent,
    StationFilter,
)
from services.api.views import StationDetails, details_of, never_seen, provisioned, station_of

OPERATOR = "operator"
SALT_BYTES = 16


@get("/", summary="List stations", responses=documented(422))
async def list_stations(
    ports: Given,
    *,
    connected: Annotated[bool | None, QueryParameter(description="Only those connected now, or not.")] = None,
    version: Annotated[OcppVersion | None, QueryParameter(description="OCPP version.")] = None,
    vendor: Annotated[str | None, QueryParameter(description="Vendor, as its BootNotification says.")] = None,
    site: Annotated[str | None, QueryParameter(description="Site, as provisioned.")] = None,
    search: Annotated[str | None, QueryParameter(description="Part of id, vendor, model, serial or site.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Station]:
    """Stations by id, a page at a time."""
    where = StationFilter(connected=connected, version=version, vendor=vendor, site=site, search=search)
    return await ports.reads.stations(where, cursor=cursor, limit=limit)


@get("/{station:str}", summary="Get a station", responses=documented(404))
async def get_station(station: StationPath, ports: Given) -> StationDetails:
    """A station as it is now: connection, boot, connectors, provisioning."""
    found = await find_station(ports, station)
    if found is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    return found


@put("/{station:str}", summary="Provision a station", responses=documented(422))
async def put_station(station: StationPath, data: Annotated[ProvisionStation, Body()], ports: Given) -> StationDetails:
    """Say what is known of a station. Answered when it is durable; gateways and services follow within a second."""
    known = ports.reference.get(REF_STATIONS, station_id(station))
    record = StationProvisioned(
        station=station,
        registration=data.registration,
        password_hash=await _hash(data, known),
        site=data.site,
        time_zone=time_zone(data.time_zone),
        labels=data.labels,
        heartbeat_interval_s=data.heartbeat_interval_s,
        provisioned_at=ports.clock(),
        provisioned_by=OPERATOR,
    )
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)
    current = await _state(ports, station)
    return provisioned(current, record) if current is not None else never_seen(record)


async def _hash(data: ProvisionStation, known: object) -> str:
    if data.password is None:
        return ""
    if isinstance(data.password, msgspec.UnsetType):
        return known.password_hash if isinstance(known, StationProvisioned) else ""
    # in a thread: the hash is slow on purpose
    return await asyncio.to_thread(hash_password, usable_password(data.password), secrets.token_bytes(SALT_BYTES))


@delete("/{station:str}", summary="Remove a station", responses=documented(404))
async def delete_station(station: StationPath, ports: Given) -> None:
    """Forget what was provisioned: credential and policy are void. Its history stays."""
    if await find_station(ports, station) is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    record = StationRemoved(station=station, removed_at=ports.clock(), removed_by=OPERATOR)
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)


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
    return await ports.reads.station_power(station, since or until - timedelta(hours=1), until=until, points=points)


async def find_station(ports: Ports, station: str) -> StationDetails | None:
    """The station as it is now, with its provisioning; None where nobody has heard of it, or it was removed."""
    known = ports.reference.get(REF_STATIONS, station)
    assert known is None or isinstance(known, StationProvisioned | StationRemoved)
    current = await _state(ports, station)
    if current is None:
        return never_seen(known) if isinstance(known, StationProvisioned) else None
    found = provisioned(current, known)
    return None if found.removed and not found.connected else found


async def _state(ports: Ports, station: str) -> StationDetails | None:
    live = ports.reference.get(STATION_STATES, station)
    if isinstance(live, StationChanged):
        return station_of(live)
    row = await ports.reads.station(station)
    return None if row is None else details_of(row)


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
    return Router(path="/stations", route_handlers=handlers, tags=["stations"])
