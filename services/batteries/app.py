"""The wiring of `batteries`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.batteries import StationBatteries
from services.batteries.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationBatteries]:
    """The service that says what each swap is now. Requests are read first: answers and messages are about them."""
    return Service(
        name="batteries",
        inputs=flow("batteries").reads,
        inputs_first=(COMMANDS,),
        state=StationBatteries,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
