"""The noun vendors, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.vendors import page, reads, routes

NOUN = ApiNoun(
    tag="vendors",
    meaning="Messages of vendors' own (DataTransfer): which are known, what they are answered, and what came.",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "vendors", "Vendor data", "/vendors", icon="M4 7h16M4 12h10M4 17h7M17 14v6M14 17h6", section="Data"
    ),
    tabs=(Tab("vendor-data", "Vendor data", group="Device"),),
    reads=NounReads(reads.VendorReads, reads),
)
