"""The noun energy, declared for the API."""

from services.api.energy import editing, facts, loadroutes, reads, routes, sheeting
from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="energy",
    meaning="Sites: how each distributes its power, what flows there, and what drivers need.",
    policy=Policy(
        commands=("put_need", "post_readings", "need", "read"),
        writes=(
            *("put_site", "delete_site", "import_nodes"),
            *("add", "rewrite", "take_sheet", "wire", "remove"),
        ),
        transfers=("import_nodes", "take_sheet"),
    ),
    tenancy="site",
    routers=(routes.router, loadroutes.router, facts.router, sheeting.router),
    pages=editing.HANDLERS,
    navigation=Navigation(
        "sites",
        "Sites",
        "/sites",
        section="Fleet",
        icon="M12 3v5M5 21v-6h14v6M12 8v7M3 21h4M17 21h4M10 21h4M12 15v6M8 3h8",
    ),
    reads=NounReads(reads.EnergyReads, reads),
)
