"""The noun batteries, declared for the API."""

from services.api.batteries import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="batteries",
    meaning="Batteries that drivers swap at stations.",
    policy=Policy(commands=("request_battery_swap", "save"), fleet=("list_battery_events",)),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("batteries", "Batteries", group="Charging"),),
    reads=NounReads(reads.BatteryReads, reads),
)
