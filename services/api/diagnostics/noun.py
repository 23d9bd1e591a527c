"""The noun diagnostics, declared for the API."""

from services.api.diagnostics import page, reads, routes, uploads
from services.api.noun import ApiNoun, NounReads, Tab

NOUN = ApiNoun(
    tag="diagnostics",
    meaning="Logs that stations are asked to upload, and their files.",
    routers=(routes.router, uploads.router),
    pages=page.HANDLERS,
    tabs=(Tab("logs", "Logs", place=70, group="Device"),),
    reads=NounReads(reads.LogReads, reads),
)
