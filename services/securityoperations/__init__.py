"""Security operations: new passwords, higher security profiles, moves to another CSMS, at one station or in waves at many."""

from services.runtime.noun import Core, Noun
from services.securityoperations.settings import SecurityOperationSettings

_REASON = "is never replayed: stations would get new passwords and network profiles for orders of the past. Order the operation again."

NOUN = Noun(
    runs=(
        Core(
            name="securityoperations",
            does="gives stations new passwords, higher security profiles, and another CSMS.",
            build="services.securityoperations.app:service",
            not_replayed=f"securityoperations {_REASON}",
        ),
        Core(
            name="securitybatches",
            does="opens the waves of batches of security operations, and halts those of which too many fail.",
            build="services.securityoperations.app:batches",
            not_replayed=f"securitybatches {_REASON}",
        ),
    ),
    settings=SecurityOperationSettings,
    metrics="services.securityoperations.metrics",
)
