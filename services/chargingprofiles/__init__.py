"""Charging profiles: which are installed where, and how that is known."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="chargingprofiles",
            does="follows which charging profiles a station has, and answers what its dynamic ones are to hold.",
            build="services.chargingprofiles.app:service",
        ),
    ),
)
