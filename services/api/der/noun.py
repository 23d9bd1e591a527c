"""The noun DER control, declared for the API."""

from services.api.der import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="der",
    meaning="DER controls of inverters, their alarms, starts and ends.",
    policy=Policy(commands=("set_der_control", "clear_der_control", "clear", "read", "save", "several")),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("der", "DER", group="Charging"),),
    reads=NounReads(reads.DERReads, reads),
)
