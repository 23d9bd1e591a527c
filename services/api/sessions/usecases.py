"""Use cases of sessions: find one. Orders of operators are in `orders`. Routes and pages call them."""

from services.api.ports import Ports
from services.api.sessions.rows import Session
from services.api.web.problems import not_found


async def known_session(ports: Ports, session: str) -> Session:
    """A session as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.session(session)
    if found is None:
        raise not_found(f"There is no session {session!r}.")
    return found
