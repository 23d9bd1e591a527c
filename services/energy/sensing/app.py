"""The wiring of `sitesensing`: its topics, its state, and the places of stations, worked out once for each change of a tree."""

from functools import partial

from schemas.energy import REF_SITES
from schemas.flows import flow
from schemas.states.sitesensing import StationSensed
from services.energy.sensing.core import due, initial, step, wants
from services.energy.sensing.places import Places
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationSensed]:
    """The service that passes on what stations of sites say. A tree that changes makes due those stations whose places it changes."""
    places = Places()
    return Service(
        name="sitesensing",
        inputs=flow("sitesensing").reads,
        references=flow("sitesensing").references,
        due_by=(REF_SITES,),
        state=StationSensed,
        initial=initial,
        step=partial(step, places=places),
        due=partial(due, places=places),
        wants=partial(wants, places=places),
    )
