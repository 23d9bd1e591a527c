"""Energy: shares the power of a site among the EVSEs of its tree, within all of its limits."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="sitesensing",
            does="passes on what stations say of their EVSEs to the sites in whose trees these are.",
            build="services.energy.sensing.app:service",
        ),
    ),
)
