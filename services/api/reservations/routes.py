"""Reservations: keep an EVSE for a token, see what became of it, give it up."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.reservations import ReservationStatus
from services.api.commands.routes import IdempotencyKey
from services.api.commands.views import PENDING
from services.api.reservations import usecases
from services.api.reservations.rows import Answered, Reservation, ReservationFilter, Reserve
from services.api.reservations.usecases import known_reservation
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ReservationPath = Annotated[
    str, PathParameter(description="The reservation's id, as the answer to its request has it.")
]
ANSWERS = {202: ResponseSpec(Answered, description="The command is `pending`.", generate_examples=False)}


@get("/reservations", summary="List reservations", responses=documented(422))
async def list_reservations(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    token: Annotated[str | None, QueryParameter(description="For this token, any case.")] = None,
    status: Annotated[ReservationStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Reservation]:
    """Reservations by their request, newest first."""
    where = ReservationFilter(station=station, token=token, status=status)
    return await ports.reads.reservations(where, cursor=cursor, limit=limit)


@get("/reservations/{reservation:str}", summary="Get a reservation", responses=documented(404))
async def get_reservation(reservation: ReservationPath, ports: Given) -> Reservation:
    """A reservation as it is now."""
    return await known_reservation(ports, reservation)


@post(
    "/stations/{station:str}/reservations",
    summary="Reserve",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def reserve(
    station: StationPath,
    data: Annotated[Reserve, Body(description="What is reserved, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Answered]:
    """Ask a station to keep an EVSE for a token (ReserveNow). Answered with the reservation and the command's outcome.

    202 and `requested` where the station has not answered within `wait_s`.
    """
    return _answer(await usecases.reserve(ports, station, data, key=idempotency_key))


@delete(
    "/reservations/{reservation:str}",
    summary="Cancel a reservation",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409)},
)
async def cancel_reservation(reservation: ReservationPath, ports: Given) -> Response[Answered]:
    """Cancel an open reservation: before its request has left, else at the station (CancelReservation)."""
    return _answer(await usecases.cancel(ports, reservation))


def _answer(answered: Answered) -> Response[Answered]:
    pending = answered.command.outcome == PENDING
    return Response(answered, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """Reservations, below stations and by themselves."""
    return Router(path="/", route_handlers=[list_reservations, get_reservation, reserve, cancel_reservation])
