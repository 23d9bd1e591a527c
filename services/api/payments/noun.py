"""The noun payments, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.payments import page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="payments",
    meaning="Payments at stations: by terminal, kiosk or web, and their settlement.",
    policy=Policy(
        commands=("start_with_payment", "begin_web_payment", "set_up_web_payments", "set_up_codes"),
        writes=("record_settlement", "settle"),
    ),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "payments", "Payments", "/payments", icon="M3 6h18v12H3zM3 10h18M7 15h4", section="Drivers and prices"
    ),
    reads=NounReads(reads.PaymentReads, reads),
)
