"""The wiring of `sessionlimits`: its topics and its state."""

from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.sessionlimits import SessionLimitChanged, StationSessionLimits
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings
from services.sessionlimits import metrics
from services.sessionlimits.core import due, initial, step


def service(_settings: Settings) -> Service[StationSessionLimits]:
    """The service that stops sessions at their limit. A stop is sent once the state remembers it."""
    return Service(
        name="sessionlimits",
        inputs=flow("sessionlimits").reads,
        state=StationSessionLimits,
        initial=initial,
        step=_step_and_count,
        due=due,
        acts=(CommandRequested,),
    )


def _step_and_count(state: StationSessionLimits, event: Record) -> tuple[StationSessionLimits, list[Record]]:
    after, outputs = step(state, event)
    for output in outputs:
        if isinstance(output, SessionLimitChanged):
            if output.status == "stopping" and any(isinstance(each, CommandRequested) for each in outputs):
                metrics.STOPS.labels("first" if output.attempts == 1 else "again").inc()
            if output.status in ("stopped", "kept", "not-stopped"):
                metrics.LIMITED.labels(output.status, output.reached or "nothing").inc()
    return after, outputs
