"""The wiring of `devicemodel`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.devicemodel import StationModel
from services.devicemodel.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationModel]:
    """The service that keeps the device model. Requests are read first: an answer says less than its request."""
    return Service(
        name="devicemodel",
        inputs=flow("devicemodel").reads,
        inputs_first=(COMMANDS,),
        state=StationModel,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
