"""The wiring of `billing`: its topics, its state, its policy."""

from datetime import timedelta
from functools import partial

from schemas.billing import StationBilling
from schemas.settings import BadSetting
from schemas.topics import CDRS, METER_VALUES, OUTCOMES, SESSIONS
from services.billing.core import Policy, due, initial, step
from services.billing.localtime import zone_of
from services.billing.lookup import REFERENCES
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
        step=partial(step, policy=Policy(zone, every)),
        due=due,
        references=REFERENCES,
    )
    return StreamWorker(service, settings)
