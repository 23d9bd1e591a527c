"""The noun commands, declared for the API."""

from services.api.commands import fleetroutes, page, reads, routes, tab
from services.api.commands.document import describe_commands
from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="commands",
    meaning="What stations are asked for, and the one outcome of each.",
    policy=Policy(
        commands=(
            "send_to_fleet",
            "send_raw_to_fleet",
            "send_command",
            "send_raw",
            "cancel_command",
            "cancel",
            "send",
            "send_action",
        )
    ),
    tenancy="station",
    routers=(routes.router, fleetroutes.router),
    pages=(*page.HANDLERS, *tab.HANDLERS),
    navigation=Navigation("commands", "Commands", "/commands", icon="m21 3-9.5 9.5M21 3l-6.5 18-3-8.5L3 9.5z"),
    tabs=(Tab("commands", "Commands", place=10),),
    reads=NounReads(reads.CommandReads, reads),
    describes=describe_commands,
)
