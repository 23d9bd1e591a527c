"""The noun device model, declared for the API."""

from services.api.devicemodel import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="devicemodel",
    meaning="Variables of stations: what they are, what they may be, what they were.",
    policy=Policy(commands=("read_all", "save", "read")),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("configuration", "Configuration", group="Device"),),
    reads=NounReads(reads.VariableReads, reads),
)
