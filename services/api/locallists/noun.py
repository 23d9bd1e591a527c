"""The noun local lists, declared for the API."""

from services.api.locallists import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab

NOUN = ApiNoun(
    tag="locallists",
    meaning="Tokens that stations know by themselves, as they are to be and as they are.",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("local-list", "Local list", group="Charging"),),
    reads=NounReads(reads.LocalListReads, reads),
)
