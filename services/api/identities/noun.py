"""The noun identities, declared for the API."""

from services.api.identities import page, routes
from services.api.noun import ApiNoun, DeploymentWide, Navigation
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="identities",
    meaning="Persons under pseudonyms: who they are, what is known of them, and their erasure.",
    policy=Policy(writes=("erase_identity", "erase"), fleet=EVERY, transfers=("export_identity",)),
    tenancy=DeploymentWide("A person is one person for every tenant, and is erased for all of them."),
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "identities",
        "Persons",
        "/identities",
        icon="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0M16 16l5 5M21 16l-5 5",
        section="Administration",
    ),
)
