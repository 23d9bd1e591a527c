"""The noun security operations, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.securityoperations import page, reads, routes, stationpage
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="securityoperations",
    meaning="New passwords, higher security profiles and moves to another CSMS, at a station or in waves at many.",
    policy=Policy(
        commands=(
            *("order_security_operation", "cancel_security_operation", "order_security_batch", "steer_security_batch"),
            *("make", "steered", "ordered", "cancelled"),
        ),
        tenanted=(
            *("order_security_batch", "list_security_batches", "get_security_batch", "steer_security_batch"),
            *("listed", "shown", "make", "steered"),
        ),
    ),
    tenancy="station",
    routers=(routes.router,),
    pages=(*page.HANDLERS, *stationpage.HANDLERS),
    navigation=Navigation(
        "securityoperations",
        "Credentials",
        "/security-operations",
        section="Operations",
        icon="M14 10a4 4 0 1 0-3.5 4L13 16.500h2v2h2v2h3v-3l-6-5.500",
    ),
    reads=NounReads(reads.SecurityOperationReads, reads),
)
