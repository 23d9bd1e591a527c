"""Sessions: what was charged, where, by whom; with its meter values."""

from typing import Annotated

from litestar import Router, get
from litestar.params import PathParameter, QueryParameter

from services.api.cdrs.bills import bill
from services.api.cdrs.rows import Bill
from services.api.sessions.rows import MeterReading, Session, SessionFilter, SessionSeries
from services.api.sessions.usecases import known_session
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented

SessionPath = Annotated[str, PathParameter(description="The session's id.")]


@get("/", summary="List sessions", responses=documented(422))
async def list_sessions(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    active: Annotated[bool | None, QueryParameter(description="Only those that run, or those that are over.")] = None,
    since: From = None,
    to: To = None,
    token: Annotated[str | None, QueryParameter(description="By this token, any case.")] = None,
    search: Annotated[str | None, QueryParameter(description="Part of an id.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Session]:
    """Charging sessions by their start, newest first. `from` and `to` are about the start."""
    in_time(since, to)
    where = SessionFilter(station=station, active=active, since=since, until=to, token=token, search=search)
    return await ports.reads.sessions(where, cursor=cursor, limit=limit)


@get("/{session:str}", summary="Get a session", responses=documented(404))
async def get_session(session: SessionPath, ports: Given) -> Session:
    """A charging session as it is now."""
    return await known_session(ports, session)


@get("/{session:str}/meter-values", summary="The session's meter values", responses=documented(404, 422))
async def list_meter_values(
    session: SessionPath,
    ports: Given,
    measurand: Annotated[str | None, QueryParameter(description="Only this OCPP measurand.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[MeterReading]:
    """Normalised readings by the meter's time, oldest first."""
    await known_session(ports, session)
    return await ports.reads.meter_values(session, measurand=measurand, cursor=cursor, limit=limit)


@get("/{session:str}/series", summary="The session's curves", responses=documented(404, 422))
async def get_series(
    session: SessionPath,
    ports: Given,
    points: Annotated[int, QueryParameter(ge=1, le=2000, description="At most so many points a curve.")] = 500,
) -> SessionSeries:
    """Energy, power and state of charge over time, for charts."""
    await known_session(ports, session)
    return await ports.reads.session_series(session, points=points)


@get("/{session:str}/bill", summary="The session's bill", responses=documented(404))
async def get_bill(session: SessionPath, ports: Given) -> Bill:
    """What the session costs: its running cost while it runs, its newest charge detail record once it is over."""
    return await bill(ports, await known_session(ports, session))


def router() -> Router:
    """Everything below /sessions."""
    handlers = [list_sessions, get_session, list_meter_values, get_series, get_bill]
    return Router(path="/sessions", route_handlers=handlers)
