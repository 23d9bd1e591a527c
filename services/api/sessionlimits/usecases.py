"""Use cases of session limits: find one, and limit a running session. Routes and pages call them."""

from http import HTTPStatus

from schemas.sessionorders import SessionLimitOrdered
from schemas.transactionlimits import TransactionLimit, limit_faults
from services.api.ports import Ports
from services.api.sessionlimits.rows import MEMBERS, LimitSession, SessionLimit
from services.api.sessions.orders import Ordered, published
from services.api.sessions.usecases import known_session
from services.api.web.problems import Problem, invalid, not_found


async def known_limit(ports: Ports, session: str) -> SessionLimit:
    """The limit of a session. Raises Problem: 404 for no such session, and for one that is not limited; Outage."""
    await known_session(ports, session)
    found = await ports.reads.session_limit(session)
    if found is None:
        raise not_found(f"The session {session!r} is not limited.")
    return found


async def limit_session(ports: Ports, session: str, data: LimitSession) -> Ordered:
    """Limit a running session, or raise its limit. Raises Problem: 404, 409 where it is over, 422; Outage."""
    found = await known_session(ports, session)
    if found.status != "active":
        raise Problem(HTTPStatus.CONFLICT, "The session is over: nothing limits it any more.")
    limit = TransactionLimit(**{name: getattr(data, name) for name in MEMBERS})
    for fault in limit_faults(limit, ""):
        raise invalid(fault.member.removeprefix("."), fault.detail)
    order = SessionLimitOrdered(
        id=ports.new_id(),
        station=found.station,
        session=session,
        limit=limit,
        reason=data.reason,
        ordered_by=ports.principal.name,
        ordered_at=ports.clock(),
    )
    return await published(ports, found, order)
