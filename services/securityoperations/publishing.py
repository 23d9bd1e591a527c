"""Publishing: an operation as a whole, as others see it. PURE."""

from datetime import datetime
from typing import cast

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.secrets import mask_words
from schemas.securityoperations import (
    ENDED,
    MoveStation,
    OperationStatus,
    RotatePassword,
    SecurityOperationChanged,
    UpgradeProfile,
)
from schemas.states.securityoperations import QueuedOperation, RunningOperation


def publish_waiting(
    queued: QueuedOperation, status: OperationStatus, why: str, *, at: datetime
) -> tuple[QueuedOperation, SecurityOperationChanged]:
    """An operation that has not begun, with the revision that was published."""
    queued = replace(queued, revision=queued.revision + 1, why=why)
    return queued, _record(queued, status, why, at=at)


def publish_running(
    running: RunningOperation, status: str, why: str = "", *, at: datetime
) -> tuple[RunningOperation, SecurityOperationChanged]:
    """The operation under way, with the revision that was published."""
    queued = replace(running.queued, revision=running.queued.revision + 1, why=why)
    record = replace(
        _record(queued, cast(OperationStatus, status), why, at=at),
        steps=running.steps,
        profile_before=running.profile_before,
        started_at=running.started_at,
    )
    return replace(running, queued=queued), record


def _record(queued: QueuedOperation, status: OperationStatus, why: str, *, at: datetime) -> SecurityOperationChanged:
    order = queued.order
    record = SecurityOperationChanged(
        id=derived_id(order.id, "security-operation-changed", queued.revision),
        operation=order.id,
        station=order.station,
        revision=queued.revision,
        kind=order.operation.kind,
        status=status,
        why=why,
        batch=order.batch,
        wave=order.wave,
        scheduled=order.scheduled,
        requested_at=order.ordered_at,
        requested_by=order.ordered_by,
        ended_at=at if status in ENDED else None,
        changed_at=at,
    )
    match order.operation:
        case RotatePassword():
            return record
        case UpgradeProfile(security_profile=profile, network=None):
            return replace(record, security_profile=profile)
        case UpgradeProfile(network=network) | MoveStation(network=network):
            assert network is not None
            return replace(
                record, security_profile=network.security_profile, url=mask_words(network.url), slot=network.slot
            )
