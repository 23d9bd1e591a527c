"""The noun display messages, declared for the API."""

from services.api.displays import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="displays",
    meaning="Messages that stations show to people.",
    policy=Policy(commands=("set_display_message", "clear_display_message", "clear", "save", "read")),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("displays", "Displays", group="Device"),),
    reads=NounReads(reads.DisplayReads, reads),
)
