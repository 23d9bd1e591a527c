"""The noun cdrs, charge detail records, declared for the API."""

from services.api.cdrs import reads, routes
from services.api.noun import ApiNoun, NounReads

NOUN = ApiNoun(
    tag="cdrs",
    meaning="What each session cost, never changed: corrections are credits and further versions.",
    routers=(routes.router,),
    reads=NounReads(reads.CdrReads, reads),
)
