"""Display messages: what became of each, from the request to its end."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="displays",
            does="follows each display message from its request to its end.",
            build="services.displays.app:service",
        ),
    ),
)
