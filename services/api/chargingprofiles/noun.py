"""The noun charging profiles, declared for the API."""

from services.api.chargingprofiles import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="chargingprofiles",
    meaning="Limits of stations over time: set, cleared, reported; the limits that others set, and templates.",
    policy=Policy(
        commands=(
            "set_charging_profile",
            "clear_charging_profile",
            "report_charging_profiles",
            "get_composite_schedule",
            "apply_template",
            "save",
            "draw",
            "report",
            "clear",
        ),
        writes=("put_template", "delete_template"),
        tenanted=("put_template", "delete_template", "list_templates", "get_template"),
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("charging-profiles", "Charging profiles", group="Charging"),),
    reads=NounReads(reads.ProfileReads, reads),
)
