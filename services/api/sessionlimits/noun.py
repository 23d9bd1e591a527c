"""The noun session limits, declared for the API."""

from services.api.noun import ApiNoun, NounReads
from services.api.sessionlimits import page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="sessionlimits",
    meaning="Sessions that are limited by cost, energy, time or state of charge.",
    policy=Policy(commands=("post_session_limit", "save")),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    reads=NounReads(reads.SessionLimitReads, reads),
)
