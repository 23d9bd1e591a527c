"""The noun tariffs, declared for the API."""

from services.api.noun import ApiNoun, Navigation
from services.api.tariffs import assignmentroutes, page, routes
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="tariffs",
    meaning="What charging costs, and for whom and where.",
    policy=Policy(
        reads=("simulate", "simulate_draft", "try_out"),
        writes=(
            "put_tariff",
            "delete_tariff",
            "put_assignment",
            "delete_assignment",
            "save",
            "assign",
            "remove",
            "unassign",
        ),
        tenanted=EVERY,
    ),
    tenancy="own",
    routers=(routes.router, assignmentroutes.router),
    pages=page.HANDLERS,
    navigation=Navigation(
        "tariffs",
        "Tariffs",
        "/tariffs",
        icon="M17 6.5A6.5 6.5 0 1 0 17 17.5M4 10.2h9M4 13.8h8",
        section="Drivers and prices",
    ),
)
