"""The wiring of `certificates`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.certificates import StationCertificates
from services.certificates.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationCertificates]:
    """The service that says which certificates a station has. Requests are read first: answers are about them."""
    return Service(
        name="certificates",
        inputs=flow("certificates").reads,
        inputs_first=(COMMANDS,),
        state=StationCertificates,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
