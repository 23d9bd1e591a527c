"""The wiring of `diagnostics`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.diagnostics import StationLogs
from services.diagnostics.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationLogs]:
    """The service that says what each log is now. Requests are read first: statuses and files are joined to them."""
    return Service(
        name="diagnostics",
        inputs=flow("diagnostics").reads,
        inputs_first=(COMMANDS,),
        state=StationLogs,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
