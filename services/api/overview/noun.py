"""The noun overview, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.overview import page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="overview",
    meaning="The whole fleet in figures.",
    policy=Policy(),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation("fleet", "Fleet", "/", icon="M4 19V10M10 19V5M16 19v-7M22 19H2", section="Fleet"),
    reads=NounReads(reads.OverviewReads, reads),
)
