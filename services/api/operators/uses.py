"""Uses: when each API key was used last, said sparsely."""

import datetime as dt
import logging

from schemas.operators import API_KEY_USES, ApiKeyUsed
from services.api.ports import Ports
from services.runtime.process.outage import Outage

SAID_EVERY = dt.timedelta(hours=1)

log = logging.getLogger(__name__)


async def note_use(ports: Ports, key: str, address: str) -> None:
    """Say that the key is in use, where that was not said within the last hour. That it cannot be said now holds nobody up."""
    now, known = ports.clock(), last_use(ports, key)
    if known is not None and now - known.at < SAID_EVERY:
        return
    try:
        await ports.publisher.publish(ApiKeyUsed(key=key, at=now, address=address))
    except Outage as outage:
        log.warning("the use of API key %s is not noted: %s", key, outage)


def last_use(ports: Ports, key: str) -> ApiKeyUsed | None:
    """When the key was used, true to the hour; None: not yet."""
    record = ports.reference.get(API_KEY_USES, key)
    return record if isinstance(record, ApiKeyUsed) else None
