"""Session limits in the console: all limited sessions, and the limit of one session with the form that sets it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.sessionlimits.rows import LimitSession, SessionLimit, SessionLimitFilter
from services.api.sessionlimits.usecases import limit_session
from services.api.sessions.routes import SessionPath
from services.api.sessions.rows import Session
from services.api.tokens.page import limit_members
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50


class OfSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session, and its limit where it has one."""

    session: Session
    limit: SessionLimit | None


async def rows(asked: PageRequest) -> Page[SessionLimit]:
    """Limited sessions, the one that changed last first."""
    where = SessionLimitFilter(station=asked.get("station"), token=asked.get("token"), status=asked.get("status"))
    return await asked.ports.reads.session_limits(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def of_session(asked: PageRequest) -> OfSession:
    """What the session of the page is limited to."""
    session: Session = asked.subject
    return OfSession(session=session, limit=await asked.ports.reads.session_limit(session.session))


PAGE = Screen(
    title="Limited sessions",
    nav="sessions",
    template="sessionlimits/page.html",
    parts=(Part(name="rows", template="sessionlimits/rows.html", load=rows, on="session-limit", poll_s=30),),
)
CARD = Part(name="limit", template="sessionlimits/card.html", load=of_session, on="session-limit", poll_s=30)
"""The part of a session's page."""


@get("/session-limits")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All limited sessions."""
    return await show.page(PAGE, page_request(request, ports))


@post("/sessions/{session:str}/limit", status_code=200)
async def save(request: Request[Any, Any, Any], session: SessionPath, ports: Given, show: Shown) -> Any:
    """Limit a session."""
    ordered = await limit_session(ports, session, wanted(await forms.posted(request)))
    sentence = "The session is limited." if ordered.applied else "The session will be limited in a moment."
    return show.notice(request, sentence, then=f"/sessions/{session}")


def wanted(given: Mapping[str, str]) -> LimitSession:
    """The form as the API's body. Raises Problem."""
    return forms.body({**limit_members(given), "reason": given.get("reason", "").strip()}, LimitSession)


HANDLERS = (listed, save)
