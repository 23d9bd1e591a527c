"""The wiring of `billing`: its topics, its state, its policy, what is counted."""

from datetime import UTC, datetime, timedelta
from functools import partial

from schemas.base import Record
from schemas.billing import CdrIssued, CorrectionQuarantined, StationBilling
from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.settings import BadSetting
from schemas.transactions import TransactionDecided
from services.billing import metrics
from services.billing.core import Event, due, initial, step
from services.billing.localtime import zone_of
from services.billing.lookup import REFERENCES, References
from services.billing.pricing import with_prices
from services.billing.running import Policy, Surroundings
from services.billing.settings import BillingSettings
from services.runtime.loop.service import Service


def service(settings: BillingSettings) -> Service[StationBilling]:
    """Build the service that bills sessions. Raises BadSetting for an unknown time zone."""
    zone = zone_of(settings.default_time_zone)
    if zone is None:
        raise BadSetting(f"default_time_zone={settings.default_time_zone!r} is no IANA time zone, as Europe/Berlin is")
    texts, prices = (_names(setting) for setting in (settings.tariff_text_sites, settings.price_message_sites))
    every = timedelta(seconds=settings.cost_update_s) if settings.cost_update_s else None
    return Service(
        name="billing",
        inputs=flow("billing").reads,
        state=StationBilling,
        initial=initial,
        step=partial(
            _step_and_count, policy=Policy(zone, every, timedelta(seconds=settings.presumed_grace_s), texts, prices)
        ),
        due=due,
        references=REFERENCES,
        saves_before_due=True,
    )


def _names(setting: str) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, setting.split(","))))


def _step_and_count(
    state: StationBilling, event: Event, references: References, policy: Policy
) -> tuple[StationBilling, list[Record]]:
    after, outputs = step(state, event, references, policy)
    after, outputs = with_prices(after, event, outputs, Surroundings(references, policy))
    for output in outputs:
        match output:
            case CdrIssued():
                kind = "credit" if output.credit else "correction" if output.replaces else "first"
                metrics.CDRS.labels(kind, output.unrated or "rated").inc()
                metrics.CDR_SECONDS.observe((datetime.now(UTC) - output.issued_at).total_seconds())
            case CorrectionQuarantined():
                metrics.UNCORRECTED.inc()
            case CommandRequested():
                metrics.RUNNING_COSTS.labels("command").inc()
            case TransactionDecided(running=True):
                metrics.RUNNING_COSTS.labels("answer").inc()
    return after, outputs
