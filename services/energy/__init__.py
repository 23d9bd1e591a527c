"""Energy: shares the power of a site among the EVSEs of its tree, within all of its limits."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="energy",
            does="shares the power of each site among its EVSEs, and tells their stations.",
            build="services.energy.app:service",
            not_replayed="energy is never replayed: stations would be told limits of the past. "
            "Its state is on its changelog; restore that from a backup of Kafka.",
        ),
        Core(
            name="sitesensing",
            does="passes on what stations say of their EVSEs to the sites in whose trees these are.",
            build="services.energy.app:sitesensing",
        ),
    ),
    metrics="services.energy.metrics",
)
