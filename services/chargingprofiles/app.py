"""The wiring of `chargingprofiles`: its topics and its state."""

from schemas.commands import COMMANDS, CommandRequested
from schemas.flows import flow
from schemas.states.chargingprofiles import StationProfiles
from services.chargingprofiles.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationProfiles]:
    """The service that says which profiles a station has. Requests are read first: what is answered and reported is about them."""
    return Service(
        name="chargingprofiles",
        inputs=flow("chargingprofiles").reads,
        inputs_first=(COMMANDS,),
        state=StationProfiles,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
        acts=(CommandRequested,),
    )
