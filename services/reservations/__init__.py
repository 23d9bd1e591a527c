"""Reservations: what became of each, from the request to its use or its end."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="reservations",
            does="follows each reservation from its request to its use or its end.",
            build="services.reservations.app:service",
        ),
    ),
)
