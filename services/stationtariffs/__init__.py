"""Tariffs at stations: the default tariffs of 2.1 stations kept as they are assigned."""

from services.runtime.noun import Core, Noun
from services.stationtariffs.settings import StationTariffSettings

NOUN = Noun(
    runs=(
        Core(
            name="stationtariffs",
            does="keeps the default tariffs of 2.1 stations as they are assigned.",
            build="services.stationtariffs.app:service",
            not_replayed="stationtariffs is never replayed: what stations have follows from what was sent to them. "
            "A GetTariffs command has a station's tariffs compared and sent again.",
        ),
    ),
    settings=StationTariffSettings,
)
