"""Authorizations: what was decided on tokens, and which session made one ConcurrentTx."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from schemas.authorization import AuthorizationStatus, CertificateStatus
from services.api.tokens.rows import Decision, DecisionFilter
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented


@get("/authorizations", summary="Decisions on tokens", responses=documented(422))
async def list_authorizations(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Asked by this station.")] = None,
    token: Annotated[str | None, QueryParameter(description="On this token, any case.")] = None,
    session: Annotated[str | None, QueryParameter(description="For this session.")] = None,
    status: Annotated[AuthorizationStatus | None, QueryParameter(description="Only decisions of this status.")] = None,
    certificate_status: Annotated[
        CertificateStatus | None,
        QueryParameter(description="Only those by which this was said of a contract certificate."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Decision]:
    """What was decided on tokens, newest first; for ConcurrentTx also which session runs on the token, and where.

    Where a token came with a contract certificate (Plug & Charge), `certificate_status` and `certificate_detail` say how that was judged.
    """
    where = DecisionFilter(
        station=station, token=token, session=session, status=status, certificate_status=certificate_status
    )
    return await ports.reads.decisions(where, cursor=cursor, limit=limit)


def router() -> Router:
    """The list of decisions."""
    return Router(path="/", route_handlers=[list_authorizations])
