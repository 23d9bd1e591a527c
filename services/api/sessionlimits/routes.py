"""Session limits: sessions that are limited, those that were stopped by that, and an operator's limit."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.params import Body, QueryParameter

from schemas.sessionlimits import LimitStatus
from services.api.sessionlimits.rows import LimitSession, SessionLimit, SessionLimitFilter
from services.api.sessionlimits.usecases import known_limit, limit_session
from services.api.sessions.routes import SessionPath
from services.api.sessions.rows import Session
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented


@get("/session-limits", summary="List limited sessions", responses=documented(422))
async def list_session_limits(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    token: Annotated[str | None, QueryParameter(description="By this token, any case.")] = None,
    status: Annotated[LimitStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SessionLimit]:
    """Sessions that are limited by their token, its credit, a remote start, an operator or their station, the one that changed last
    first. `stopped`: it was over because it had reached its limit."""
    where = SessionLimitFilter(station=station, token=token, status=status)
    return await ports.reads.session_limits(where, cursor=cursor, limit=limit)


@get("/sessions/{session:str}/limit", summary="Get a session's limit", responses=documented(404))
async def get_session_limit(session: SessionPath, ports: Given) -> SessionLimit:
    """What a session is limited to, and what it has reached. 404 for one without a limit."""
    return await known_limit(ports, session)


@post(
    "/sessions/{session:str}/limit",
    summary="Limit a session",
    status_code=HTTPStatus.OK,
    responses=documented(404, 409, 422),
)
async def post_session_limit(
    session: SessionPath, data: Annotated[LimitSession, Body()], ports: Given
) -> Response[Session]:
    """Limit a running session, or raise what it was limited to by an earlier order or its remote start (not by its token: top that up,
    or change it). A 2.1 station that can keep to the limit is told with its next message; others are stopped when it is reached."""
    ordered = await limit_session(ports, session, data)
    return Response(ordered.session, status_code=HTTPStatus.OK if ordered.applied else HTTPStatus.ACCEPTED)


def router() -> Router:
    """Session limits, by themselves and below sessions."""
    return Router(path="/", route_handlers=[list_session_limits, get_session_limit, post_session_limit])
