"""Charging profiles: which are installed where, how that is known, and what EVs get for what they need."""

from services.chargingprofiles.settings import ChargingProfileSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="chargingprofiles",
            does="follows which charging profiles a station has, answers what its dynamic ones are to hold, and plans for EVs' needs.",
            build="services.chargingprofiles.app:service",
        ),
    ),
    settings=ChargingProfileSettings,
)
