"""DER control: what inverters of stations are told, and what they report (2.1, R)."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.der import DERControlStatus
from schemas.dersettings import ControlType
from services.api.commands.routes import IdempotencyKey
from services.api.commands.views import PENDING
from services.api.der import usecases
from services.api.der.rows import Alarm, AlarmFilter, Answered, Control, ControlFilter, SetControl, Turn
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented

ANSWERS = {202: ResponseSpec(Answered, description="The command is `pending`.", generate_examples=False)}

ControlPath = Annotated[str, PathParameter(description="The control's id here, not the one at the station.")]
OfStation = Annotated[str | None, QueryParameter(description="At this station.")]
OfType = Annotated[ControlType | None, QueryParameter(description="Only those of this type.")]


@get("/der-controls", summary="List DER controls", responses=documented(422))
async def list_der_controls(
    ports: Given,
    *,
    station: OfStation = None,
    control_type: OfType = None,
    status: Annotated[DERControlStatus | None, QueryParameter(description="Only those of this status.")] = None,
    is_default: Annotated[bool | None, QueryParameter(description="Default ones, or scheduled ones.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Control]:
    """Controls by their last change, newest first: those that were set from here, and those that stations reported."""
    where = ControlFilter(station=station, control_type=control_type, status=status, is_default=is_default)
    return await ports.reads.der_controls(where, cursor=cursor, limit=limit)


@get("/der-controls/{control:str}", summary="Get a DER control", responses=documented(404))
async def get_der_control(control: ControlPath, ports: Given) -> Control:
    """A control as it is now."""
    return await usecases.known_control(ports, control)


@post(
    "/stations/{station:str}/der-controls",
    summary="Set a DER control",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def set_der_control(
    station: StationPath,
    data: Annotated[SetControl, Body(description="The control, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Answered]:
    """Have a station take a DER control (SetDERControl). Versions before 2.1 have none: the outcome is `unsupported`."""
    return _answer(await usecases.set_control(ports, station, data, key=idempotency_key))


@delete(
    "/der-controls/{control:str}",
    summary="Clear a DER control",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409)},
)
async def clear_der_control(control: ControlPath, ports: Given) -> Response[Answered]:
    """Clear a control at its station (ClearDERControl)."""
    return _answer(await usecases.clear_control(ports, control))


@get("/der-alarms", summary="List DER alarms", responses=documented(422))
async def list_der_alarms(
    ports: Given,
    *,
    station: OfStation = None,
    control_type: OfType = None,
    since: From = None,
    to: To = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Alarm]:
    """Where controls made stations deviate from their charging profiles (NotifyDERAlarm), newest first."""
    in_time(since, to)
    where = AlarmFilter(station=station, control_type=control_type, since=since, until=to)
    return await ports.reads.der_alarms(where, cursor=cursor, limit=limit)


@get("/stations/{station:str}/der-turns", summary="List starts and ends of DER controls", responses=documented(404))
async def list_der_turns(station: StationPath, ports: Given, *, cursor: Cursor = None, limit: Limit = 50) -> Page[Turn]:
    """When scheduled controls of a station started and ended (NotifyDERStartStop), newest first."""
    await known_station(ports, station)
    return await ports.reads.der_turns(station, cursor=cursor, limit=limit)


def _answer(answered: Answered) -> Response[Answered]:
    pending = answered.command.outcome == PENDING
    return Response(answered, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """DER control, below stations and by itself."""
    handlers = [
        *(list_der_controls, get_der_control, set_der_control, clear_der_control),
        *(list_der_alarms, list_der_turns),
    ]
    return Router(path="/", route_handlers=handlers)
