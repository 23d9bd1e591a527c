"""The noun audit, declared for the API."""

from services.api.audit import page, reads, routes
from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.web.openapi import sends_text
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="audit",
    meaning="Who did what in the API and the console, and whether the log of it is whole.",
    policy=Policy(tenanted=EVERY, fleet=("verify_audit_entries",), transfers=("export_audit_entries",)),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "audit",
        "Audit",
        "/audit",
        section="Administration",
        icon="M6 3h9l4 4v14H6zM14 3v5h5M9 13l2 2 4-4",
    ),
    reads=NounReads(reads.AuditReads, reads),
    describes=sends_text("/api/v1/audit/export", "application/x-ndjson"),
)
