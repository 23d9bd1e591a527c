"""Routes of orders on sessions: end, correct, release.

200 with the session as the order made it; 202 where that takes longer than `api_order_wait_s`.
"""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, post
from litestar.params import Body

from services.api.sessions import orders
from services.api.sessions.orders import CorrectSession, EndSession, Ordered, ReleaseSession
from services.api.sessions.routes import SessionPath
from services.api.sessions.rows import Session
from services.api.web.parameters import Given
from services.api.web.problems import documented

RESPONSES = documented(404, 409, 422)


@post("/{session:str}/end", summary="End a session", status_code=HTTPStatus.OK, responses=RESPONSES)
async def end_session(session: SessionPath, data: Annotated[EndSession, Body()], ports: Given) -> Response[Session]:
    """Say that a session is over whose station does not; its own end, should it still come, fills what is left open here."""
    return _answer(await orders.end(ports, session, data))


@post("/{session:str}/correct", summary="Correct a session", status_code=HTTPStatus.OK, responses=RESPONSES)
async def correct_session(
    session: SessionPath, data: Annotated[CorrectSession, Body()], ports: Given
) -> Response[Session]:
    """Say when a session that is over ended, or what was charged; the bill follows with a new version."""
    return _answer(await orders.correct(ports, session, data))


@post("/{session:str}/release", summary="Release a session's token", status_code=HTTPStatus.OK, responses=RESPONSES)
async def release_session(
    session: SessionPath, data: Annotated[ReleaseSession, Body()], ports: Given
) -> Response[Session]:
    """Free the session's token for other sessions; the session itself goes on."""
    return _answer(await orders.release(ports, session, data))


def _answer(ordered: Ordered) -> Response[Session]:
    return Response(ordered.session, status_code=HTTPStatus.OK if ordered.applied else HTTPStatus.ACCEPTED)


def router() -> Router:
    """What is ordered below /sessions."""
    return Router(path="/sessions", route_handlers=[end_session, correct_session, release_session])
