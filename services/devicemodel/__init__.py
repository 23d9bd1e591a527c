"""Device model: what is known of the variables of each station."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="devicemodel",
            does="keeps the variables of each station, and what it takes in one message.",
            build="services.devicemodel.app:service",
        ),
    ),
)
