"""Battery swap: what drivers put into slots and take out of them (2.1, S)."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.batteries import SwapStatus
from services.api.batteries import usecases
from services.api.batteries.rows import Answered, BatteryEvent, RequestSwap, Slot, Swap, SwapFilter
from services.api.commands.routes import IdempotencyKey
from services.api.commands.views import PENDING
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ANSWERS = {202: ResponseSpec(Answered, description="The command is `pending`.", generate_examples=False)}

SwapPath = Annotated[str, PathParameter(description="The swap's id here, not the number at the station.")]
SerialPath = Annotated[str, PathParameter(description="The battery's serial number, as stations tell it.")]


@get("/battery-swaps", summary="List battery swaps", responses=documented(422))
async def list_battery_swaps(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    status: Annotated[SwapStatus | None, QueryParameter(description="Only those of this status.")] = None,
    token: Annotated[str | None, QueryParameter(description="Of this token, any case.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Swap]:
    """Swaps by their begin, newest first: those that were asked for, and those that drivers began at the station."""
    where = SwapFilter(station=station, status=status, token=token)
    return await ports.reads.battery_swaps(where, cursor=cursor, limit=limit)


@get("/battery-swaps/{swap:str}", summary="Get a battery swap", responses=documented(404))
async def get_battery_swap(swap: SwapPath, ports: Given) -> Swap:
    """A swap as it is now."""
    return await usecases.known_swap(ports, swap)


@post(
    "/stations/{station:str}/battery-swaps",
    summary="Ask for a battery swap",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def request_battery_swap(
    station: StationPath,
    data: Annotated[RequestSwap, Body(description="The driver, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Answered]:
    """Have a station begin a swap (RequestBatterySwap). A station without batteries refuses: NoBatteryAvailable."""
    answered = await usecases.request_swap(ports, station, data, key=idempotency_key)
    pending = answered.command.outcome == PENDING
    return Response(answered, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


@get("/stations/{station:str}/battery-slots", summary="List the slots of a station", responses=documented(404))
async def list_battery_slots(
    station: StationPath, ports: Given, *, cursor: Cursor = None, limit: Limit = 50
) -> Page[Slot]:
    """Its slots by their numbers, as far as batteries were put in or taken out; a few seconds after it came."""
    await known_station(ports, station)
    return await ports.reads.battery_slots(station, cursor=cursor, limit=limit)


@get("/batteries/{serial_number:str}/events", summary="List what became of a battery")
async def list_battery_events(
    serial_number: SerialPath, ports: Given, *, cursor: Cursor = None, limit: Limit = 50
) -> Page[BatteryEvent]:
    """Where a battery was put in and taken out, with its state of charge and of health then, newest first."""
    return await ports.reads.battery_events(serial_number, cursor=cursor, limit=limit)


def router() -> Router:
    """Batteries, below stations and by themselves."""
    handlers = [
        *(list_battery_swaps, get_battery_swap, request_battery_swap),
        *(list_battery_slots, list_battery_events),
    ]
    return Router(path="/", route_handlers=handlers)
