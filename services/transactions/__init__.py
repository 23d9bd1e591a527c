"""Transactions: makes charging sessions of transaction messages of all versions, and normalises their meter values."""

from services.runtime.noun import Core, Noun
from services.transactions.settings import TransactionsSettings

NOUN = Noun(
    runs=(
        Core(
            name="transactions",
            does="answers transactions, makes sessions of them.",
            build="services.transactions.app:service",
        ),
    ),
    settings=TransactionsSettings,
)
