"""ISO 15118: what stations ask about certificates of ISO 15118, answered by responders, lists and contract pools elsewhere."""

from services.iso15118.settings import Iso15118Settings
from services.runtime.noun import Noun, Standalone

NOUN = Noun(
    runs=(
        Standalone(
            name="iso15118",
            does="finds out the state of certificates and fetches contract certificates, for stations that ask.",
            build="services.iso15118.app:workers",
            not_replayed="iso15118 is never replayed: stations no longer wait for these answers. It has no state.",
        ),
    ),
    settings=Iso15118Settings,
    metrics="services.iso15118.metrics",
)
