"""The noun firmware, declared for the API."""

from services.api.firmware import page, reads, routes
from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="firmware",
    meaning="Firmware campaigns: many stations updated in waves, or one alone.",
    policy=Policy(
        reads=("try_out",),
        commands=("start_campaign", "extend_campaign", "steer_campaign", "update_station", "start", "steered"),
        tenanted=(
            "list_campaigns",
            "start_campaign",
            "get_campaign",
            "extend_campaign",
            "list_updates",
            "list_history",
            "steer_campaign",
            "update_station",
            "listed",
            "start",
            "try_out",
            "shown",
            "steered",
        ),
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "firmware",
        "Firmware",
        "/firmware",
        icon="M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
    ),
    reads=NounReads(reads.FirmwareReads, reads),
)
