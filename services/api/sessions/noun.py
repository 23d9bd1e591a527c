"""The noun sessions, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.sessions import orderforms, orderroutes, page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="sessions",
    meaning="What was charged, with its meter values.",
    policy=Policy(commands=("correct_session", "end_session", "release_session", "correct", "end", "release")),
    tenancy="station",
    routers=(routes.router, orderroutes.router),
    pages=(*page.HANDLERS, *orderforms.HANDLERS),
    navigation=Navigation("sessions", "Sessions", "/sessions", icon="M3 12h4l3-8 4 16 3-8h4", section="Fleet"),
    tabs=(Tab("sessions", "Sessions", place=30),),
    reads=NounReads(reads.SessionReads, reads),
)
