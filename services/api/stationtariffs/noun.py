"""The noun tariffs at stations, declared for the API."""

from services.api.noun import ApiNoun, NounReads, Tab
from services.api.stationtariffs import page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="stationtariffs",
    meaning="Tariffs by which 2.1 stations compute costs themselves.",
    policy=Policy(
        commands=("set_default_tariff", "set_fallback_texts", "change_transaction_tariff", "save", "clear", "read"),
        tenanted=("get_station_form",),
    ),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("tariffs", "Tariffs", group="Charging"),),
    reads=NounReads(reads.StationTariffReads, reads),
)
