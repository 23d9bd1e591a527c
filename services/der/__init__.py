"""DER control: which controls the inverters of each station have, and what became of each."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="der",
            does="follows each DER control from its request to its end.",
            build="services.der.app:service",
        ),
    ),
)
