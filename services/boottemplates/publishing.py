"""Publishing: a run as a whole, as others see it. PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.boottemplates import ENDED, BootRunChanged, RunStatus
from schemas.states.boottemplates import Queued, Running, StationBoots


def publish_waiting(
    state: StationBoots, queued: Queued, status: RunStatus, why: str, *, at: datetime
) -> tuple[Queued, BootRunChanged]:
    """A run that has not begun, with the revision that was published."""
    queued = replace(queued, revision=queued.revision + 1)
    return queued, _record(state, queued, status, why, at=at)


def publish_running(
    state: StationBoots, running: Running, status: RunStatus, why: str = "", *, at: datetime
) -> tuple[Running, BootRunChanged]:
    """The run under way, with the revision that was published."""
    running = replace(running, queued=replace(running.queued, revision=running.queued.revision + 1))
    record = replace(
        _record(state, running.queued, status, why, at=at),
        title=running.title,
        template_revision=running.template_revision,
        steps=running.steps,
        started_at=running.started_at,
    )
    return running, record


def _record(state: StationBoots, queued: Queued, status: RunStatus, why: str, *, at: datetime) -> BootRunChanged:
    return BootRunChanged(
        id=derived_id(queued.run, "boot-run-changed", queued.revision),
        run=queued.run,
        station=state.station,
        template=queued.template,
        revision=queued.revision,
        cause=queued.cause,
        status=status,
        why=why,
        boot_reason=state.boot_reason,
        booted_at=state.booted_at,
        requested_at=queued.requested_at,
        requested_by=queued.requested_by,
        ended_at=at if status in ENDED else None,
        changed_at=at,
    )
