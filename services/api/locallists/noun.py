"""The noun local lists, declared for the API."""

from services.api.locallists import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="locallists",
    meaning="Tokens that stations know by themselves, as they are to be and as they are.",
    policy=Policy(
        commands=("sync_local_list", "send_again"), writes=("put_local_list", "delete_local_list", "save", "remove")
    ),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("local-list", "Local list", group="Charging"),),
    reads=NounReads(reads.LocalListReads, reads),
)
