"""Session limits: stops sessions that reach their limit, and takes what sessions cost off the credit of their tokens."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="sessionlimits",
            does="stops sessions that reach their limit, and has their cost taken off the credit of their tokens.",
            build="services.sessionlimits.app:service",
            not_replayed="sessionlimits is never replayed: sessions that were stopped would be stopped again. "
            "Its state is on its changelog; restore that from a backup of Kafka.",
        ),
    ),
    metrics="services.sessionlimits.metrics",
)
