"""Authorities: signs the certificates of stations; the only worker that has the keys for it."""

from services.authorities.settings import AuthoritiesSettings
from services.runtime.noun import Noun, Standalone

NOUN = Noun(
    runs=(
        Standalone(
            name="authorities",
            does="has the certificates of stations signed, and signs the lists of revoked ones.",
            build="services.authorities.app:workers",
            not_replayed="authorities is never replayed: it would sign every request again. It has no state.",
        ),
    ),
    settings=AuthoritiesSettings,
    metrics="services.authorities.metrics",
)
