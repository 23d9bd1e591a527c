"""Certificates: which of them each station has, by what it accepted, listed and deleted."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="certificates",
            does="knows which certificates each station has.",
            build="services.certificates.app:service",
        ),
    ),
)
