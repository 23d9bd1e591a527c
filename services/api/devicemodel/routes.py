"""The device model: the variables of a station, what they were, and how to read them again."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, QueryParameter

from services.api.commands.bodies import Asking
from services.api.commands.routes import IdempotencyKey
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.devicemodel import usecases
from services.api.devicemodel.rows import Variable, VariableFilter
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ANSWERS = {202: ResponseSpec(CommandView, description="The command is `pending`.", generate_examples=False)}


@get("/stations/{station:str}/variables", summary="List variables", responses=documented(404, 422))
async def list_variables(
    station: StationPath,
    ports: Given,
    *,
    component: Annotated[
        str | None, QueryParameter(description="Of this component, any case; empty: 1.6 keys.")
    ] = None,
    variable: Annotated[str | None, QueryParameter(description="Of this name, any case.")] = None,
    search: Annotated[str | None, QueryParameter(description="With this in the key or in the value.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Variable]:
    """What is known of a station's variables, by their keys: values, attributes, characteristics.

    Known is what the station reported, what was read, and what it accepted. `POST .../variables/read` reads all again.
    """
    where = VariableFilter(station=station, component=component, variable=variable, search=search)
    return await usecases.variables_of(ports, where, cursor=cursor, limit=limit)


@get("/stations/{station:str}/variables/history", summary="List changes of variables", responses=documented(404, 422))
async def list_changes(
    station: StationPath,
    ports: Given,
    *,
    key: Annotated[str | None, QueryParameter(description="Of this variable, by its key, any case.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Variable]:
    """What the variables of a station were after each change, newest first."""
    return await usecases.history_of(ports, station, key, cursor=cursor, limit=limit)


@post(
    "/stations/{station:str}/variables/read",
    summary="Read all variables",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def read_all(
    station: StationPath,
    data: Annotated[Asking, Body(description="How the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[CommandView]:
    """Have a station tell all of its variables, whatever its version: a report of everything (B07), or all keys of 1.6.

    A report comes after the outcome, in parts: `GET /reports/{id}` with the command's id tells how far it is.
    """
    command = await usecases.read_all(ports, station, data, key=idempotency_key)
    pending = command.outcome == PENDING
    return Response(command, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """The device model, below stations."""
    return Router(path="/", route_handlers=[list_variables, list_changes, read_all])
