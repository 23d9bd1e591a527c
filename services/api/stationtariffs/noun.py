"""The noun tariffs at stations, declared for the API."""

from services.api.noun import ApiNoun, NounReads, Tab
from services.api.stationtariffs import page, reads, routes

NOUN = ApiNoun(
    tag="stationtariffs",
    meaning="Tariffs by which 2.1 stations compute costs themselves.",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("tariffs", "Tariffs", group="Charging"),),
    reads=NounReads(reads.StationTariffReads, reads),
)
