"""The wiring of `chargingprofiles`: its topics, its state, its policies for the needs of EVs, and what plans for them."""

from collections.abc import Mapping
from functools import partial
from typing import get_args

from schemas.base import Record
from schemas.chargingneeds import NeedsPolicy
from schemas.commands import COMMANDS, CommandRequested
from schemas.flows import flow
from schemas.settings import words_of_sites
from schemas.states.chargingprofiles import StationProfiles
from schemas.stations import REF_STATIONS, StationProvisioned
from services.chargingprofiles.core import comparable, due, initial, step
from services.chargingprofiles.planning import Planner, plan
from services.chargingprofiles.serving import How
from services.chargingprofiles.settings import ChargingProfileSettings
from services.runtime.loop.service import References, Service

PLANNER: Planner = plan
"""What plans for the needs of EVs; another one takes its place here."""


def service(settings: ChargingProfileSettings) -> Service[StationProfiles]:
    """The service that says which profiles a station has. Requests are read first: what is answered and reported is about them.

    Raises BadSetting for a policy of a site that there is none.
    """
    sites = site_policies(settings.charging_needs_sites)
    return Service(
        name="chargingprofiles",
        inputs=flow("chargingprofiles").reads,
        inputs_first=(COMMANDS,),
        references=flow("chargingprofiles").references,
        state=StationProfiles,
        initial=initial,
        step=partial(_step, policy=settings.charging_needs, sites=sites),
        due=due,
        comparable=comparable,
        acts=(CommandRequested,),
    )


def _step(
    state: StationProfiles,
    record: Record,
    *,
    references: References,
    policy: NeedsPolicy,
    sites: Mapping[str, NeedsPolicy],
) -> tuple[StationProfiles, list[Record]]:
    """A step by the policy of the station's site."""
    known = references[REF_STATIONS.name].get(state.station) if sites else None
    site = known.site if isinstance(known, StationProvisioned) else ""
    return step(state, record, How(sites.get(site, policy), PLANNER))


def site_policies(text: str) -> dict[str, NeedsPolicy]:
    """Parse the policies of single sites: `berlin=level, oslo=off`. Raises BadSetting."""
    return words_of_sites(text, get_args(NeedsPolicy), setting="charging_needs_sites")
