"""The noun reservations, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.reservations import page, reads, routes
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="reservations",
    meaning="EVSEs that are kept for a token until a time.",
    policy=Policy(commands=("reserve", "cancel_reservation", "save", "give_up")),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "reservations",
        "Reservations",
        "/reservations",
        icon="M5 5h14v15H5zM5 10h14M9 3v4M15 3v4M9 15l2 2 4-4",
        section="Fleet",
    ),
    tabs=(Tab("reservations", "Reservations", group="Charging"),),
    reads=NounReads(reads.ReservationReads, reads),
)
