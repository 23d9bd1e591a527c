"""The wiring of `stationtariffs`: its topics, its state, and the sites whose stations it manages."""

from functools import partial

from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.states.stationtariffs import StationTariffs
from schemas.tariffs import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS
from services.runtime.loop.service import Service
from services.stationtariffs.choosing import sites_of
from services.stationtariffs.core import due, initial, step
from services.stationtariffs.settings import StationTariffSettings


def service(settings: StationTariffSettings) -> Service[StationTariffs]:
    """The service that keeps default tariffs as they are assigned. Assignments and tariffs that change make due those that they concern."""
    sites = sites_of(settings.default_tariff_sites)
    return Service(
        name="stationtariffs",
        inputs=flow("stationtariffs").reads,
        references=flow("stationtariffs").references,
        due_by=(REF_TARIFFS, REF_TARIFF_ASSIGNMENTS),
        state=StationTariffs,
        initial=initial,
        step=partial(step, sites=sites),
        due=partial(due, sites=sites),
        acts=(CommandRequested,),
    )
