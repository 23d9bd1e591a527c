"""The wiring of `billing`: its topics, its state, its policy, what is counted."""

from datetime import UTC, datetime, timedelta
from functools import partial

from schemas.base import Record
from schemas.billing import CdrIssued, StationBilling
from schemas.commands import CommandRequested
from schemas.settings import BadSetting
from schemas.topics import CDRS, METER_VALUES, OUTCOMES, SESSIONS
from schemas.transactions import TransactionDecided
from services.billing.core import Event, Policy, due, initial, step
from services.billing.localtime import zone_of
from services.billing.lookup import REFERENCES, References
from services.runtime import metrics
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker


def worker(settings: Settings) -> StreamWorker[StationBilling]:
    """The worker that bills sessions. Raises BadSetting for a time zone that nobody knows."""
    zone = zone_of(settings.default_time_zone)
    if zone is None:
        raise BadSetting(f"default_time_zone={settings.default_time_zone!r} is no IANA time zone, as Europe/Berlin is")
    every = timedelta(seconds=settings.cost_update_s) if settings.cost_update_s else None
    service = Service(
        name="billing",
        inputs=(SESSIONS, METER_VALUES, CDRS, OUTCOMES),
        state=StationBilling,
        initial=initial,
        step=partial(_counted, policy=Policy(zone, every)),
        due=due,
        references=REFERENCES,
        saves_before_due=True,
    )
    return StreamWorker(service, settings)


def _counted(
    state: StationBilling, event: Event, references: References, policy: Policy
) -> tuple[StationBilling, list[Record]]:
    after, outputs = step(state, event, references, policy)
    for output in outputs:
        match output:
            case CdrIssued():
                kind = "credit" if output.credit else "correction" if output.replaces else "first"
                metrics.CDRS.labels(kind, output.unrated or "rated").inc()
                metrics.CDR_SECONDS.observe((datetime.now(UTC) - output.issued_at).total_seconds())
            case CommandRequested():
                metrics.RUNNING_COSTS.labels("command").inc()
            case TransactionDecided(running=True):
                metrics.RUNNING_COSTS.labels("answer").inc()
    return after, outputs
