"""The wiring of `stations`: its topics, its state, its policy."""

from functools import partial

from schemas.flows import flow
from schemas.states.stations import StationState
from schemas.stations import REF_STATIONS
from services.runtime.loop.service import Service
from services.stations.core import Policy, due, initial, step
from services.stations.settings import StationsSettings


def service(settings: StationsSettings) -> Service[StationState]:
    """Build the service that keeps a snapshot of each station and answers BootNotification."""
    policy = Policy(
        unknown=settings.stations_unknown,
        unknown_certified=settings.stations_unknown_certified or None,
        heartbeat_interval_s=settings.heartbeat_interval_s,
        retry_interval_s=settings.boot_retry_interval_s,
    )
    return Service(
        name="stations",
        inputs=flow("stations").reads,
        inputs_first=(REF_STATIONS,),
        state=StationState,
        initial=initial,
        step=partial(step, policy=policy),
        due=due,
    )
