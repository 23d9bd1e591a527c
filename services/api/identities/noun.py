"""The noun identities, declared for the API."""

from services.api.identities import routes
from services.api.noun import ApiNoun, DeploymentWide
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="identities",
    meaning="Persons under pseudonyms: who they are, what is known of them, and their erasure.",
    policy=Policy(writes=("erase_identity",), fleet=EVERY),
    tenancy=DeploymentWide("A person is one person for every tenant, and is erased for all of them."),
    routers=(routes.router,),
)
