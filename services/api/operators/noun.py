"""The noun operators, declared for the API."""

from services.api.noun import ApiNoun, Navigation
from services.api.operators import page, routes
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="operators",
    meaning="Who may use the API and the console: users, API keys and roles.",
    policy=Policy(
        writes=(
            *("put_user", "delete_user", "create_api_key", "revoke_api_key", "put_role", "delete_role"),
            *("save_user", "remove_user", "create_key", "revoke_key", "save_role", "remove_role"),
        ),
        everybody=("get_me",),
        fleet=("put_role", "delete_role", "save_role", "remove_role"),
        tenanted=EVERY,
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "operators",
        "Operators",
        "/operators",
        section="Administration",
        icon="M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M16 3.5a4 4 0 0 1 0 7M18 14.5a6 6 0 0 1 4 5.5v1",
    ),
)
