"""Exchanges over HTTP: found, and exported as JSON lines."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from litestar.response import Stream

from services.api.conversations.rows import Exchange, Wanted
from services.api.conversations.usecases import EXPORT_MOST, exported, find_exchanges
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, To
from services.api.web.problems import documented

StationQuery = Annotated[
    str | None, QueryParameter(name="station", description="Of this station. Left out: of all, at most a day of them.")
]
DirectionQuery = Annotated[
    Literal["in", "out"] | None,
    QueryParameter(name="direction", description="`in`: the station's messages; `out`: those to it."),
]
ActionQuery = Annotated[str | None, QueryParameter(name="action", description="The OCPP action.")]
MessageQuery = Annotated[str | None, QueryParameter(name="message_id", description="The OCPP message id.")]
CommandQuery = Annotated[str | None, QueryParameter(name="command_id", description="CALLs of this command.")]
SessionQuery = Annotated[
    str | None, QueryParameter(name="session", description="Those that name this session's transaction.")
]
ConnectionQuery = Annotated[
    int | None,
    QueryParameter(name="connection", ge=0, le=2**63 - 1, description="Of one connection: the `epoch` of its frames."),
]
ErrorsQuery = Annotated[
    bool, QueryParameter(name="errors", description="Only those that were refused, or could not be read.")
]
TextQuery = Annotated[
    str | None, QueryParameter(name="text", description="Part of the message or of its answer, any case.")
]


async def exchanges_wanted(
    *,
    station: StationQuery = None,
    since: From = None,
    to: To = None,
    action: ActionQuery = None,
    direction: DirectionQuery = None,
    message_id: MessageQuery = None,
    command_id: CommandQuery = None,
    session: SessionQuery = None,
    connection: ConnectionQuery = None,
    errors: ErrorsQuery = False,
    text: TextQuery = None,
) -> Wanted:
    """Which exchanges a request is about."""
    return Wanted(
        station=station,
        since=since,
        until=to,
        action=action,
        direction=direction,
        message_id=message_id,
        command_id=command_id,
        session=session,
        connection=connection,
        errors=errors,
        text=text,
    )


Asked = NamedDependency[Wanted]


@get("/", summary="The OCPP log as exchanges", responses=documented(404, 422))
async def list_exchanges(ports: Given, wanted: Asked, cursor: Cursor = None, limit: Limit = 100) -> Page[Exchange]:
    """Each message with its answer and how long that took, the command that caused it and the session that it is about.

    By the time of the message, newest first. Without a station, a session or a command: of the last hour, or of `from` and `to`,
    at most a day apart. Messages are kept for three days.
    """
    return await find_exchanges(ports, wanted, cursor=cursor, limit=limit)


@get("/export", summary="Export the OCPP log as JSON lines", responses=documented(404, 422))
async def export_exchanges(
    ports: Given,
    wanted: Asked,
    limit: Annotated[int, QueryParameter(ge=1, le=EXPORT_MOST, description="Exchanges at most.")] = 10_000,
) -> Stream:
    """Exchanges as JSON lines, oldest first, as they are read: the answer may be long.

    An export that ends at its limit has a last line `{"more": true, "from": ...}`. `python -m loadtest replay` plays such a file.
    """
    headers = {"Content-Disposition": 'attachment; filename="exchanges.jsonl"'}
    lines = await exported(ports, wanted, limit=limit)
    return Stream(lines, media_type="application/x-ndjson", headers=headers)


def router() -> Router:
    """Everything below /exchanges."""
    return Router(
        path="/exchanges",
        route_handlers=[list_exchanges, export_exchanges],
        dependencies={"wanted": Provide(exchanges_wanted)},
    )
