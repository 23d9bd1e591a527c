"""The noun energy, declared for the API."""

from services.api.energy import facts, loadroutes, reads, routes
from services.api.noun import ApiNoun, NounReads
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="energy",
    meaning="Sites: how each distributes its power, what flows there, and what drivers need.",
    policy=Policy(
        commands=("put_need", "post_readings"),
        writes=("put_site", "delete_site"),
    ),
    tenancy="site",
    routers=(routes.router, loadroutes.router, facts.router),
    reads=NounReads(reads.EnergyReads, reads),
)
