"""The wiring of `der`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.der import StationDER
from services.der.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationDER]:
    """The service that says what each DER control is now. Requests are read first: answers and reports are about them."""
    return Service(
        name="der",
        inputs=flow("der").reads,
        inputs_first=(COMMANDS,),
        state=StationDER,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
