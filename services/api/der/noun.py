"""The noun DER control, declared for the API."""

from services.api.der import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab

NOUN = ApiNoun(
    tag="der",
    meaning="DER controls of inverters, their alarms, starts and ends.",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("der", "DER", group="Charging"),),
    reads=NounReads(reads.DERReads, reads),
)
