"""The noun vendors, declared for the API."""

from services.api.noun import ApiNoun, DeploymentWide, Navigation, NounReads, Tab
from services.api.vendors import page, reads, routes
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="vendors",
    meaning="Messages of vendors' own (DataTransfer): which are known, what they are answered, and what came.",
    policy=Policy(
        reads=("try_message",),
        writes=("put_vendor", "delete_vendor", "save", "remove"),
        fleet=EVERY,
        stationed=("list_data_transfers", "list_station_data_transfers", "of_one_station"),
    ),
    tenancy=DeploymentWide(
        "What a vendor's messages mean is the same for every tenant; the messages themselves are their stations'."
    ),
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "vendors", "Vendor data", "/vendors", icon="M4 7h16M4 12h10M4 17h7M17 14v6M14 17h6", section="Data"
    ),
    tabs=(Tab("vendor-data", "Vendor data", group="Device"),),
    reads=NounReads(reads.VendorReads, reads),
)
