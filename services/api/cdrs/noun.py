"""The noun cdrs, charge detail records, declared for the API."""

from services.api.cdrs import reads, routes
from services.api.noun import ApiNoun, NounReads
from services.api.web.openapi import sends_text
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="cdrs",
    meaning="What each session cost, never changed: corrections are credits and further versions.",
    policy=Policy(transfers=("export_cdrs",)),
    tenancy="station",
    routers=(routes.router,),
    reads=NounReads(reads.CdrReads, reads),
    describes=sends_text("/api/v1/cdrs/export", "text/csv", "application/x-ndjson"),
)
