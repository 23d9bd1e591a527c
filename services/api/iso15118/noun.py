"""The noun ISO 15118, declared for the API."""

from services.api.iso15118 import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="iso15118",
    meaning="What stations asked about certificates of ISO 15118, and what they were answered.",
    policy=Policy(),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("iso15118", "ISO 15118", group="Security"),),
    reads=NounReads(reads.Iso15118Reads, reads),
)
