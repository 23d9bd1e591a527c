"""The noun contracts, declared for the API."""

from services.api.contracts import page, routes
from services.api.noun import ApiNoun, DeploymentWide, Navigation
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="contracts",
    meaning="Contract certificates of Plug & Charge: the roots below which they count.",
    policy=Policy(writes=("trust_contract_root", "remove_contract_root", "trust", "remove"), fleet=EVERY),
    tenancy=DeploymentWide("EVs of every mobility operator come to the stations of every tenant."),
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "contracts",
        "Plug & Charge",
        "/contracts",
        icon="M9 2v6M15 2v6M6 8h12v4a6 6 0 0 1-12 0zM12 18v4",
        section="Drivers and prices",
    ),
)
