"""Stations: keeps a snapshot of each station, and answers boots."""

from services.runtime.noun import Core, Noun
from services.stations.settings import StationsSettings

NOUN = Noun(
    runs=(
        Core(
            name="stations",
            does="answers BootNotification, knows every station.",
            build="services.stations.app:service",
        ),
    ),
    settings=StationsSettings,
)
