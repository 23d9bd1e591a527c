"""The wiring of `displays`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.displays import StationDisplays
from services.displays.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationDisplays]:
    """The service that says what each message is now. Requests are read first: reports and sessions may be about them."""
    return Service(
        name="displays",
        inputs=flow("displays").reads,
        inputs_first=(COMMANDS,),
        state=StationDisplays,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
