"""The wiring of `stations`: its topics, its state, its policy."""

from functools import partial

from schemas.stations import StationState
from schemas.topics import REF_STATIONS, STATIONS
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker, Worker
from services.stations.core import Policy, due, initial, step


def worker(settings: Settings) -> Worker:
    """The worker that knows every station and answers BootNotification."""
    policy = Policy(
        unknown=settings.stations_unknown,
        heartbeat_interval_s=settings.heartbeat_interval_s,
        retry_interval_s=settings.boot_retry_interval_s,
    )
    service = Service(
        name="stations",
        inputs=(STATIONS, REF_STATIONS),
        state=StationState,
        initial=initial,
        step=partial(step, policy=policy),
        due=due,
    )
    return StreamWorker(service, settings)
