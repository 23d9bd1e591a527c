"""Firmware: campaigns in waves, and the update of each station from order to one final state."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="firmware",
            does="drives a station's update to one named end.",
            build="services.firmware.app:service",
            not_replayed="firmware is never replayed: stations would be updated again by old orders. "
            "Its state is on its changelog; restore that from a backup of Kafka.",
        ),
        Core(
            name="firmware-campaigns",
            does="gives stations their turn in a campaign.",
            build="services.firmware.app:campaigns",
            not_replayed="firmware-campaigns is never replayed: stations would get their turn in a campaign twice. "
            "Its state is on its changelog; restore that from a backup of Kafka.",
        ),
    ),
    metrics="services.firmware.metrics",
)
