"""The wiring of `reports`: its topics and its state."""

from schemas.commands import COMMANDS
from schemas.flows import flow
from schemas.states.reports import StationReports
from services.reports.core import comparable, due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationReports]:
    """The service that says how far each report is. Requests are read first: parts are joined to what asked for them."""
    return Service(
        name="reports",
        inputs=flow("reports").reads,
        inputs_first=(COMMANDS,),
        state=StationReports,
        initial=initial,
        step=step,
        due=due,
        comparable=comparable,
    )
