"""Metering: projects records into ClickHouse, for analysts, the API and the console."""

from services.metering.settings import MeteringSettings
from services.runtime.noun import Noun, Standalone

NOUN = Noun(
    runs=(
        Standalone(
            name="metering",
            does="keeps ClickHouse up to date. Nobody waits for it: a pause is made up for.",
            build="services.metering.app:workers",
            feeds="services.metering.declared:FEEDS",
        ),
    ),
    settings=MeteringSettings,
)
