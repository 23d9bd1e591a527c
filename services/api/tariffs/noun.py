"""The noun tariffs, declared for the API."""

from services.api.noun import ApiNoun, Navigation
from services.api.tariffs import assignmentroutes, page, routes

NOUN = ApiNoun(
    tag="tariffs",
    meaning="What charging costs, and for whom and where.",
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
