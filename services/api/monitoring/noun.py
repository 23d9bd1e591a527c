"""The noun monitoring, declared for the API."""

from services.api.monitoring import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="monitoring",
    meaning="Events of variables, and monitors.",
    policy=Policy(commands=("clear", "read")),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("monitoring", "Monitoring", group="Device"),),
    reads=NounReads(reads.MonitoringReads, reads),
)
