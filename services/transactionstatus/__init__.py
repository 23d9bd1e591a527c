"""Transaction status: stations are asked for sessions that fell silent, came to no end, or lack events (2.x part 2, E14)."""

from services.runtime.noun import Core, Noun
from services.transactionstatus.settings import TransactionStatusSettings

NOUN = Noun(
    runs=(
        Core(
            name="transactionstatus",
            does="asks stations for sessions that fell silent, came to no end, or lack events.",
            build="services.transactionstatus.app:service",
            not_replayed="transactionstatus is never replayed: what it asked, it asked. "
            "A session that is silent is asked for again by itself.",
        ),
    ),
    settings=TransactionStatusSettings,
)
