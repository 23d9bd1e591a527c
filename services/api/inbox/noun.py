"""The noun inbox, declared for the API."""

from services.api.inbox import deviations, page, reads, routes
from services.api.noun import ApiNoun, DeploymentWide, Navigation, NounReads
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="inbox",
    meaning="What could not be believed, read or acted on.",
    policy=Policy(fleet=EVERY),
    tenancy=DeploymentWide(
        "Records that could not be processed are the business of who runs the deployment: some are of no station, or of an unreadable one."
    ),
    routers=(routes.router, deviations.router),
    pages=page.HANDLERS,
    navigation=Navigation(
        "inbox", "Inbox", "/inbox", icon="m3 13 3-8h12l3 8v6H3zM3 13h5l1.5 3h5l1.5-3h5", section="Data"
    ),
    reads=NounReads(reads.InboxReads, reads),
)
