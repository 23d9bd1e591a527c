"""Diagnostics: what became of each log that a station was asked to upload."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="diagnostics",
            does="follows each log that a station is asked for until its file is here.",
            build="services.diagnostics.app:service",
        ),
    ),
)
