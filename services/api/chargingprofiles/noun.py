"""The noun charging profiles, declared for the API."""

from services.api.chargingprofiles import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab

NOUN = ApiNoun(
    tag="chargingprofiles",
    meaning="Limits of stations over time: set, cleared, reported; the limits that others set, and templates.",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("charging-profiles", "Charging profiles", group="Charging"),),
    reads=NounReads(reads.ProfileReads, reads),
)
