"""Local authorization lists: the list of each station kept as its rule says."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="locallists",
            does="keeps the local authorization list of each station as its rule says.",
            build="services.locallists.app:service",
            not_replayed="locallists is never replayed: what stations have follows from what was sent to them. "
            "POST /api/v1/stations/{station}/local-list/sync sends a list again.",
        ),
    ),
)
