"""Logs: ask a station for one, see what became of it, download its file."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Stream

from schemas.diagnostics import LogStatus
from services.api.commands.routes import IdempotencyKey
from services.api.commands.views import PENDING
from services.api.diagnostics import usecases
from services.api.diagnostics.rows import AskedLog, AskForLog, Log, LogFilter
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

LogPath = Annotated[str, PathParameter(description="The log's id, as the answer to its request has it.")]
ANSWERS = {202: ResponseSpec(AskedLog, description="The command is `pending`.", generate_examples=False)}


@get("/logs", summary="List logs", responses=documented(422))
async def list_logs(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    status: Annotated[LogStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Log]:
    """Logs that stations were asked for, newest first."""
    return await ports.reads.logs(LogFilter(station=station, status=status), cursor=cursor, limit=limit)


@get("/logs/{log:str}", summary="Get a log", responses=documented(404))
async def get_log(log: LogPath, ports: Given) -> Log:
    """A log as it is now."""
    return await usecases.known_log(ports, log)


@get("/logs/{log:str}/file", summary="Download the file of a log", responses=documented(404))
async def get_file(log: LogPath, ports: Given) -> Stream:
    """The file as the station uploaded it."""
    found, parts = await usecases.file_of(ports, log)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file or log, safe='')}",
        "Content-Length": str(found.size),
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(parts, media_type="application/octet-stream", headers=headers)


@post(
    "/stations/{station:str}/logs",
    summary="Ask for a log",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def ask_for_log(
    station: StationPath,
    data: Annotated[AskForLog, Body(description="Which log, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[AskedLog]:
    """Have a station upload a log: GetDiagnostics in OCPP 1.6, else GetLog. Without a `location` it is uploaded here.

    Answered with the log and the command's outcome; the file comes later, see `status`. 409 where no place for files is set up.
    """
    log = await usecases.ask_for_log(ports, station, data, key=idempotency_key)
    pending = log.command.outcome == PENDING
    return Response(log, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """Logs, below stations and by themselves."""
    return Router(path="/", route_handlers=[list_logs, get_log, get_file, ask_for_log])
