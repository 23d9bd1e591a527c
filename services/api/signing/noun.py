"""The noun signing, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.signing import page, reads, responder, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="signing",
    meaning="Certificates that stations asked for, the authorities that sign them, and those that were revoked.",
    policy=Policy(
        commands=("renew_certificate", "renew_one"),
        writes=("revoke_issued", "revoke_one", "revoke_any"),
        fleet=("list_authorities", "list_revocations", "revoke_any"),
    ),
    tenancy="station",
    routers=(routes.router,),
    open=(routes.public, responder.router),
    pages=page.HANDLERS,
    navigation=Navigation(
        "certificates",
        "Certificates",
        "/certificates",
        icon="M12 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM9 12.5L8 21l4-2.5L16 21l-1-8.5",
    ),
    reads=NounReads(reads.SigningReads, reads),
)
