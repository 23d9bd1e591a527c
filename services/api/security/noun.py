"""The noun security events, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.security import page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="security",
    meaning="Security events that stations report.",
    policy=Policy(),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "security", "Security", "/security", icon="M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM12 8v5M12 16v.5"
    ),
    tabs=(Tab("security", "Security", group="Security"),),
    reads=NounReads(reads.SecurityReads, reads),
)
