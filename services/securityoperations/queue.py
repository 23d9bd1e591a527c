"""The queue: when an operation that waits may begin, and which of them begins. PURE."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.base import Record, derived_id
from schemas.securityoperations import SECURITY_BATCHES, SecurityBatchChanged
from schemas.states.securityoperations import QueuedOperation, StationSecurity

References = Mapping[str, Mapping[str, Record]]


def batch_of(queued: QueuedOperation, references: References) -> SecurityBatchChanged | None:
    """The batch of an operation; None where it has none, or none that is known yet."""
    found = references.get(SECURITY_BATCHES.name, {}).get(queued.order.batch) if queued.order.batch else None
    return found if isinstance(found, SecurityBatchChanged) else None


def may_begin_at(queued: QueuedOperation, references: References) -> datetime | None:
    """When an operation may begin, whether or not the station is there; None where its batch does not let it yet."""
    order = queued.order
    if not order.batch:
        return order.ordered_at
    batch = batch_of(queued, references)
    if batch is None or batch.status != "running" or order.wave >= len(batch.waves):
        return None
    opened = batch.waves[order.wave].opened_at
    return None if opened is None else opened + timedelta(seconds=fraction_of(order.station) * order.spread_s)


def is_void(queued: QueuedOperation, references: References) -> bool:
    """Whether the batch of an operation was cancelled."""
    batch = batch_of(queued, references)
    return batch is not None and batch.status == "cancelled"


def fraction_of(station: str) -> float:
    """The station's own part, 0 to 1, of a time over which a fleet is spread: the same each time."""
    return int(derived_id(station, "security-spread")[:8], 16) / 2**32


def due_of_queue(state: StationSecurity, references: References) -> datetime | None:
    """When something is to be done with one of the operations that wait: it begins, is void, or has expired."""
    moments: list[datetime] = []
    for queued in state.queue:
        if is_void(queued, references):
            moments.append(queued.order.ordered_at)
        moments.append(queued.order.expires_at)
        begins = may_begin_at(queued, references)
        if begins is not None and state.running is None and state.able:
            moments.append(begins)
    return min(moments, default=None)
