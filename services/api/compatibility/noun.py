"""The noun compatibility, declared for the API."""

from services.api.compatibility import page, routes
from services.api.noun import ApiNoun, DeploymentWide, Navigation
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="compatibility",
    meaning="What is known of makes of stations that do not do as OCPP says, and what we do about it.",
    policy=Policy(writes=("put_row", "delete_row", "save", "remove"), fleet=EVERY),
    tenancy=DeploymentWide(
        "Rows are about makes of stations, which are the same for every tenant, and gateways apply them before they know a station."
    ),
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "compatibility", "Compatibility", "/compatibility", icon="M8 3v5a4 4 0 0 0 8 0V3M12 12v4a5 5 0 0 0 5 5h3M4 21h3"
    ),
)
