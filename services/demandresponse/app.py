"""The wiring of `demandresponse`: its topics, its states, and what is counted."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from schemas.commands import CommandRequested
from schemas.demandresponse import DEMAND_EVENTS, DemandStationChanged
from schemas.flows import flow
from schemas.states.demandresponse import DemandEventState, StationDemand
from services.demandresponse import events as of_events
from services.demandresponse import metrics
from services.demandresponse.core import due, initial, step
from services.demandresponse.settings import DemandResponseSettings
from services.demandresponse.telling import Rules
from services.runtime.loop.service import Service


def service(settings: DemandResponseSettings) -> Service[StationDemand]:
    """The service that tells stations."""
    rules = Rules(ahead_s=settings.demand_response_ahead_s, stack_level=settings.demand_response_stack_level)
    return Service(
        name="demandresponse",
        inputs=flow("demandresponse").reads,
        references=flow("demandresponse").references,
        due_by=(DEMAND_EVENTS,),
        state=StationDemand,
        initial=initial,
        step=counted(partial(step, rules=rules)),
        due=due,
        acts=(CommandRequested,),
    )


def events(_settings: DemandResponseSettings) -> Service[DemandEventState]:
    """The service that keeps the events."""
    return Service(
        name="demandevents",
        inputs=flow("demandevents").reads,
        state=DemandEventState,
        initial=of_events.initial,
        step=of_events.step,
        due=of_events.due,
    )


def counted(stepping: Callable[..., Any]) -> Callable[..., Any]:
    """The step, with what is said of events at stations counted."""

    @wraps(stepping)
    def counting(*arguments: Any, **named: Any) -> Any:
        after, outputs = stepping(*arguments, **named)
        for output in outputs:
            if isinstance(output, DemandStationChanged):
                metrics.STATIONS.labels(output.status).inc()
        return after, outputs

    return counting
