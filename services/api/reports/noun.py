"""The noun reports, declared for the API."""

from services.api.noun import ApiNoun, NounReads
from services.api.reports import reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="reports",
    meaning="Answers that stations send in parts, and whether all parts have come.",
    policy=Policy(),
    tenancy="station",
    routers=(routes.router,),
    reads=NounReads(reads.ReportReads, reads),
)
