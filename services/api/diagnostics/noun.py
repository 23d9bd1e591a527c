"""The noun diagnostics, declared for the API."""

from services.api.diagnostics import page, reads, routes, uploads
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="diagnostics",
    meaning="Logs that stations are asked to upload, and their files.",
    policy=Policy(commands=("ask_for_log", "save")),
    tenancy="station",
    routers=(routes.router, uploads.router),
    pages=page.HANDLERS,
    tabs=(Tab("logs", "Logs", place=70, group="Device"),),
    reads=NounReads(reads.LogReads, reads),
)
