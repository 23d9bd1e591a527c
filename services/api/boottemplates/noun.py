"""The noun boot templates, declared for the API."""

from services.api.boottemplates import page, reads, routes, stationpage, steppage
from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="boottemplates",
    meaning="What stations of a kind are sent after they booted, and what became of it.",
    policy=Policy(
        commands=("order_boot_run", "order"),
        writes=("put_boot_template", "delete_boot_template", "make", "save", "remove", "add", "arrange"),
        tenanted=(
            "list_boot_templates",
            "get_boot_template",
            "put_boot_template",
            "delete_boot_template",
            "preview_boot_template",
            "listed",
            "make",
            "save",
            "remove",
            "add",
            "arrange",
        ),
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=(*page.HANDLERS, *steppage.HANDLERS, *stationpage.HANDLERS),
    navigation=Navigation("boottemplates", "Boot", "/boot-templates", icon="M12 3v8M6.3 6.3a8 8 0 1 0 11.4 0M8 20h8"),
    tabs=(Tab("boot-runs", "Boot", group="Device"),),
    reads=NounReads(reads.BootReads, reads),
)
