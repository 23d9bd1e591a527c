"""Commands: ask a station for something and hear its one outcome."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, HeaderParameter, PathParameter, QueryParameter

from services.api.commands import usecases
from services.api.commands.bodies import EXAMPLES, SendCommand, SendRaw
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask, ask_raw, known_command
from services.api.commands.views import is_over
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

CommandPath = Annotated[str, PathParameter(description="The command's id, as the answer to its request has it.")]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Chosen by the caller, 1 to 255 characters. A request repeated with it is the same command, sent once.",
    ),
]

CommandBody = Annotated[
    SendCommand,
    Body(
        description="The command, its arguments, and how it travels.",
        examples=[
            Example(summary=name, value={"command": name, "arguments": arguments, "ttl_s": 60, "wait_s": 10})
            for name, arguments in EXAMPLES.items()
        ],
    ),
]
ANSWERS = {202: ResponseSpec(CommandView, description="`pending`: ask for it later.", generate_examples=False)}


@post(
    "/stations/{station:str}/commands",
    summary="Send a command",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def send_command(
    station: StationPath, data: CommandBody, ports: Given, idempotency_key: IdempotencyKey = None
) -> Response[CommandView]:
    """Ask a station for something, in words that are the same for every OCPP version.

    Answered with the outcome, or 202 and `pending` when `wait_s` has passed: `GET /commands/{command_id}` tells it later.
    """
    return _answer(await ask(ports, station, data, key=idempotency_key))


@post(
    "/stations/{station:str}/ocpp/{action:str}",
    summary="Send any OCPP action",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def send_raw(
    station: StationPath,
    action: Annotated[str, PathParameter(description="An action of the station's own OCPP version.")],
    data: Annotated[SendRaw, Body(description="The payload and how it travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[CommandView]:
    """Send any action of the station's own OCPP version as it is; it is validated by that version's schema before it leaves.

    Here, where the version is known: 422 names the member. A station that never connected gets it when it does, and its gateway
    validates it then: what breaks the schema is not sent, and the outcome is `rejected`.
    """
    return _answer(await ask_raw(ports, station, action, data, key=idempotency_key))


@get("/stations/{station:str}/commands", summary="The station's commands", responses=documented(422))
async def list_of_station(
    station: StationPath, ports: Given, cursor: Cursor = None, limit: Limit = 50
) -> Page[CommandView]:
    """Commands to a station, newest first."""
    return await ports.reads.commands(station, cursor=cursor, limit=limit)


@get("/commands", summary="List commands", responses=documented(422))
async def list_commands(
    ports: Given,
    station: Annotated[str | None, QueryParameter(description="To this station.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CommandView]:
    """Commands to all stations, newest first."""
    return await ports.reads.commands(station, cursor=cursor, limit=limit)


@get("/commands/{command_id:str}", summary="Get a command", responses=documented(404))
async def get_command(command_id: CommandPath, ports: Given) -> CommandView:
    """A command with its outcome, `pending` while it has none."""
    return await known_command(ports, command_id)


@delete("/commands/{command_id:str}", summary="Cancel a command", status_code=HTTPStatus.OK, responses=documented(404))
async def cancel_command(command_id: CommandPath, ports: Given) -> CommandView:
    """Cancel a command that has not left for its station. One that has left, or is over, keeps its outcome."""
    return await usecases.cancel(ports, command_id)


def _answer(view: CommandView) -> Response[CommandView]:
    return Response(view, status_code=HTTPStatus.OK if is_over(view) else HTTPStatus.ACCEPTED)


def router() -> Router:
    """Commands, below stations and by themselves."""
    handlers: list[Any] = [send_command, send_raw, list_of_station, list_commands, get_command, cancel_command]
    return Router(path="/", route_handlers=handlers)
