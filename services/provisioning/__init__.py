"""Provisioning: decides on proposed changes of reference data, one after the other."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="provisioning",
            does="settles changes of stations, tokens and tariffs, so that none overwrites another.",
            build="services.provisioning.app:service",
            not_replayed="provisioning is never replayed: the current reference data is on the topics csms.ref.*. "
            "A proposal of the past must not change it.",
        ),
    ),
)
