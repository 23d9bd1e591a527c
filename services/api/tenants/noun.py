"""The noun tenants, declared for the API."""

from services.api.noun import ApiNoun, Navigation
from services.api.tenants import page, routes
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="tenants",
    meaning="Who shares the deployment: quotas of each, and what it uses of them.",
    policy=Policy(
        writes=("put_tenant", "delete_tenant", "save", "remove"),
        fleet=("put_tenant", "delete_tenant", "save", "remove"),
        tenanted=EVERY,
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "tenants",
        "Tenants",
        "/tenants",
        section="Administration",
        icon="M3 21V8l6-4 6 4v13M15 12h6v9M7 11h4M7 15h4M18 16h.01M3 21h18",
    ),
)
