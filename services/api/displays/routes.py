"""Display messages: what stations are asked to show to people, and what they have."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.displays import DisplayStatus
from services.api.commands.routes import IdempotencyKey
from services.api.commands.views import PENDING
from services.api.displays import usecases
from services.api.displays.rows import Answered, Message, MessageFilter, Show
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ANSWERS = {202: ResponseSpec(Answered, description="The command is `pending`.", generate_examples=False)}

MessagePath = Annotated[str, PathParameter(description="The message's id here, not the number at the station.")]


@get("/display-messages", summary="List display messages", responses=documented(422))
async def list_display_messages(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    status: Annotated[DisplayStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Message]:
    """Messages by their request, newest first. Those that nobody here asked for are known once the station has reported them."""
    return await ports.reads.display_messages(MessageFilter(station=station, status=status), cursor=cursor, limit=limit)


@get("/display-messages/{message:str}", summary="Get a display message", responses=documented(404))
async def get_display_message(message: MessagePath, ports: Given) -> Message:
    """A message as it is now."""
    return await usecases.known_message(ports, message)


@post(
    "/stations/{station:str}/display-messages",
    summary="Show a message",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def set_display_message(
    station: StationPath,
    data: Annotated[Show, Body(description="What is shown, when, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Answered]:
    """Have a station show a message (SetDisplayMessage). Answered with the message and the command's outcome.

    202 and `requested` where the station has not answered within `wait_s`. A refused one has the station's word in `detail`.
    """
    return _answer(await usecases.show_message(ports, station, data, key=idempotency_key))


@delete(
    "/display-messages/{message:str}",
    summary="Clear a display message",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409)},
)
async def clear_display_message(message: MessagePath, ports: Given) -> Response[Answered]:
    """Clear an open message: before its request has left, else at the station (ClearDisplayMessage)."""
    return _answer(await usecases.clear_message(ports, message))


def _answer(answered: Answered) -> Response[Answered]:
    pending = answered.command.outcome == PENDING
    return Response(answered, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """Display messages, below stations and by themselves."""
    handlers = [list_display_messages, get_display_message, set_display_message, clear_display_message]
    return Router(path="/", route_handlers=handlers)
