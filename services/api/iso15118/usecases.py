"""Use cases of ISO 15118: finding what a station asked. Routes and pages call them."""

from services.api.iso15118.rows import Iso15118Request
from services.api.ports import Ports
from services.api.web.problems import not_found


async def known_request(ports: Ports, request: str) -> Iso15118Request:
    """A request of a station. Raises Problem: 404; Outage."""
    found = await ports.reads.iso15118_request(request)
    if found is None:
        raise not_found(f"There is no request {request!r}.")
    return found
