"""The wiring of `reservations`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.reservations import StationReservations
from services.reservations.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationReservations]:
    """The service that says what each reservation is now. Requests are read first: a session may use what was asked before it."""
    return Service(
        name="reservations",
        inputs=flow("reservations").reads,
        inputs_first=(COMMANDS,),
        state=StationReservations,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
