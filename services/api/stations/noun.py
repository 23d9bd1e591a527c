"""The noun stations, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.stations import importing, page, reads, routes, settings, tabs
from services.api.web.importing import takes_file
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="stations",
    meaning="Who is there, how they are, what is provisioned of them.",
    policy=Policy(
        transfers=("import_stations", "import_in_console"),
        writes=(
            "put_station",
            "delete_station",
            "add",
            "save",
            "register",
            "remove",
            "import_stations",
            "import_in_console",
        ),
    ),
    tenancy="station",
    routers=(routes.router, importing.router),
    pages=(*page.HANDLERS, *tabs.HANDLERS, *settings.HANDLERS, *importing.HANDLERS),
    navigation=Navigation(
        "stations",
        "Stations",
        "/stations",
        icon="M5 21V5a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v16M3 21h14M8 7h4M15 12h2a2 2 0 0 1 2 2v3a1.5 1.5 0 0 0 3 0V9l-3-3",
        section="Fleet",
    ),
    tabs=(
        Tab("", "Now", place=0),
        Tab("events", "Events", place=80),
        Tab("settings", "Settings", place=90),
    ),
    reads=NounReads(reads.StationReads, reads),
    describes=takes_file("/api/v1/station-imports"),
)
