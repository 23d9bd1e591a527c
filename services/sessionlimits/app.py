"""The wiring of `sessionlimits`: its topics and its state."""

from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.sessionlimits import StationSessionLimits
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings
from services.sessionlimits.core import due, initial, step


def service(_settings: Settings) -> Service[StationSessionLimits]:
    """The service that stops sessions at their limit. A stop is sent once the state remembers it."""
    return Service(
        name="sessionlimits",
        inputs=flow("sessionlimits").reads,
        state=StationSessionLimits,
        initial=initial,
        step=step,
        due=due,
        acts=(CommandRequested,),
    )
