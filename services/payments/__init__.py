"""Payments at stations: what became of each, and what stations are answered about receipts and VAT numbers."""

from services.payments.settings import PaymentSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="payments",
            does="follows the payments made at stations and answers their settlements.",
            build="services.payments.app:service",
        ),
    ),
    settings=PaymentSettings,
)
